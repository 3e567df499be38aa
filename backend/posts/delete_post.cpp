// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/delete_post.hpp"

#include "backend/posts/post_repository.hpp"

namespace ashlar::backend {

Task<Result<>> delete_post(api::Call& call, api::ById in, api::Units& units) {
  if (!co_await unwrap(units.run_one(call, &PostRepository::remove, in.id)))
    co_return fail(errors::post_not_found, "There is no such post.");
  co_return Result<>{};
}

}  // namespace ashlar::backend
