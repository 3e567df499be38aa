// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/get_post.hpp"

#include "backend/posts/post_repository.hpp"

namespace ashlar::backend {

Task<Result<Post>> get_post(web::Context& ctx, GetPost in, sql::Database& database) {
  auto post = co_await PostRepository(database).find(in.id);
  if (!post) co_return std::unexpected(std::move(post.error()));
  const auto* who = ctx.principal();
  if (!*post || (!(*post)->published && (who == nullptr || !auth::owns(*who, (*post)->author_id))))
    co_return fail(errors::post_not_found, "There is no such post.");
  co_return std::move(**post);
}

}  // namespace ashlar::backend
