// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/post_repository.hpp"

#include "ashlar/sql/query.hpp"
#include "backend/raw_statements.hpp"

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::from;

Task<Result<>> PostRepository::create(Post post) {
  auto inserted = co_await sql::insert(post).run(in_);
  if (!inserted) co_return std::unexpected(std::move(inserted.error()));
  co_return Result<>{};
}

Task<Result<std::optional<Post>>> PostRepository::find(Uuid id) { return sql::find<&Post::id>(id).one(in_); }

Task<Result<std::optional<Uuid>>> PostRepository::find_author(Uuid id) { return author_of_post(id).one(in_); }

Task<Result<web::Page<Post>>> PostRepository::list(ListPosts wanted, std::optional<Uuid> author) {
  sql::Condition visible = col<&Post::published> == true;
  if (author) visible = std::move(visible) || col<&Post::author_id> == *author;
  auto rows = co_await from<Post>()
                  .where(std::move(visible))
                  .order_by(wanted.sort, asc<&Post::id>)
                  .page(wanted.page, wanted.limit)
                  .all_and_count(in_);
  if (!rows) co_return std::unexpected(std::move(rows.error()));
  co_return page_of(std::move(*rows), wanted.page, wanted.limit);
}

Task<Result<std::optional<Post>>> PostRepository::update(Uuid id, PostChanges changes, Timestamp now) {
  if (changes.empty()) return find(id);
  return sql::update<Post>()
      .set(col<&Post::updated_at> = now)
      .set_if(col<&Post::title>, changes.title)
      .set_if(col<&Post::content>, changes.content)
      .set_if(col<&Post::published>, changes.published)
      .where(col<&Post::id> == id)
      .returning_one(in_);
}

Task<Result<bool>> PostRepository::remove(Uuid id) {
  auto removed = co_await sql::erase<Post>().where(col<&Post::id> == id).run(in_);
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  co_return removed->rows_affected > 0;
}

}  // namespace ashlar::backend
