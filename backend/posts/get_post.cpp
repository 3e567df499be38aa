// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/get_post.hpp"

#include "backend/posts/post_repository.hpp"

namespace ashlar::backend {

Task<Result<Post>> get_post(api::Call& call, api::ById in, sql::Database& database) {
  auto post = co_await unwrap(PostRepository(database).find(in.id));
  const auto* caller = call.principal();
  if (!post || (!post->published && (caller == nullptr || !auth::owns(*caller, post->author_id))))
    co_return fail(errors::post_not_found, "There is no such post.");
  co_return std::move(*post);
}

}  // namespace ashlar::backend
