// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/update_post.hpp"

#include "backend/posts/post_repository.hpp"

namespace ashlar::backend {

Task<Result<Post>> update_post(api::Call& call, UpdatePost in, api::Units& units) {
  PostChanges changes{.title = in.title, .content = in.content, .published = in.published};
  co_return required(co_await units.run(call, &PostRepository::update, in.id, std::move(changes)),
                     errors::post_not_found, "There is no such post.");
}

}  // namespace ashlar::backend
