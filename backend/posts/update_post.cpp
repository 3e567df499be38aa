// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/update_post.hpp"

#include "backend/posts/post_repository.hpp"

namespace ashlar::backend {

Task<Result<Post>> update_post(web::Context& ctx, UpdatePost in, sql::Database& database) {
  PostChanges changes{.title = in.title, .content = in.content, .published = in.published};
  auto post = co_await PostRepository(database).update(in.id, std::move(changes), ctx.now());
  if (!post) co_return std::unexpected(std::move(post.error()));
  if (!*post) co_return fail(errors::post_not_found, "There is no such post.");
  co_return std::move(**post);
}

}  // namespace ashlar::backend
