// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/list_posts.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/posts/post_repository.hpp"

namespace ashlar::backend {

Task<Result<web::Page<Post>>> list_posts(web::Context& ctx, ListPosts in, sql::Database& database) {
  std::optional<Uuid> author;
  if (*in.mine) {
    if (ctx.principal() == nullptr) co_return fail(auth::errors::not_signed_in, "Sign in to see your own posts.");
    author = ctx.principal()->id;
  }
  co_return co_await PostRepository(database).list(in, author);
}

}  // namespace ashlar::backend
