// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/get_post.hpp"

#include "backend/posts/post_repository.hpp"

namespace ashlar::backend {

Task<Result<Post>> get_post(api::Call& call, api::ById in, sql::Database& database) {
  auto post = co_await unwrap(PostRepository(database).find(in.id));
  static const auth::Permission read_post = *auth::Permission::parse("read:post");
  const std::string id = in.id.to_string();
  const auth::ResourceRef resource{.type = "post", .id = id};
  if (!post || (!post->published && !call.owns(post->author_id) && !call.allows(read_post, &resource)))
    co_return fail(errors::post_not_found, "There is no such post.");
  co_return std::move(*post);
}

}  // namespace ashlar::backend
