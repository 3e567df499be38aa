// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/delete_post.hpp"

#include "backend/posts/post_repository.hpp"

namespace ashlar::backend {

Task<Result<>> delete_post(web::Context&, DeletePost in, sql::Database& database) {
  auto removed = co_await PostRepository(database).remove(in.id);
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  if (!*removed) co_return fail(errors::post_not_found, "There is no such post.");
  co_return Result<>{};
}

}  // namespace ashlar::backend
