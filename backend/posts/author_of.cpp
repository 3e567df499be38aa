// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/author_of.hpp"

#include "backend/posts/post_repository.hpp"

namespace ashlar::backend {

Task<Result<Uuid>> author_of(web::Context&, Uuid id, sql::Database& database) {
  auto author = co_await PostRepository(database).find_author(id);
  if (!author) co_return std::unexpected(std::move(author.error()));
  if (!*author) co_return fail(errors::post_not_found, "There is no such post.");
  co_return **author;
}

}  // namespace ashlar::backend
