// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/author_of.hpp"

#include "backend/posts/post_repository.hpp"

namespace ashlar::backend {

Task<Result<Uuid>> author_of(api::Call&, Uuid id, sql::Database& database) {
  co_return required(co_await PostRepository(database).find_author(id), errors::post_not_found,
                     "There is no such post.");
}

}  // namespace ashlar::backend
