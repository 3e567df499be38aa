// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/list_posts.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/posts/post_repository.hpp"

namespace ashlar::backend {

Task<Result<web::Page<Post>>> list_posts(web::Context& ctx, ListPosts in, sql::Replicas& replicas) {
  std::optional<Uuid> who;
  if (ctx.principal() != nullptr) who = ctx.principal()->id;
  if (*in.mine && !who) co_return fail(auth::errors::not_signed_in, "Sign in to see your own posts.");
  auto reads = replicas.reads_of(who);
  co_return co_await PostRepository(reads).list(in, *in.mine ? who : std::nullopt);
}

}  // namespace ashlar::backend
