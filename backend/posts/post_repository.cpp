// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/post_repository.hpp"

#include "ashlar/sql/query.hpp"
#include "backend/raw_statements.hpp"

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::select;

Task<Result<std::optional<Post>>> PostRepository::find(Uuid id) { return sql::find<&Post::id>(id).one(in_); }

Task<Result<std::optional<Uuid>>> PostRepository::find_author(Uuid id) { return author_of_post(id).one(in_); }

Task<Result<api::Page<PostSummary>>> PostRepository::list(ListPosts wanted, std::optional<Uuid> author) {
  sql::Condition visible = col<&Post::published> == true;
  if (author) visible = std::move(visible) || col<&Post::author_id> == *author;
  auto rows = co_await unwrap(select<PostSummary>()
                                  .from<Post>()
                                  .where(std::move(visible))
                                  .order_by(wanted.sort, asc<&Post::id>)
                                  .page(wanted.page, wanted.limit)
                                  .all_and_count(in_));
  co_return api::page_of(std::move(rows), wanted.page, wanted.limit);
}

Task<Result<>> PostRepository::create(api::UnitOfWork& unit, Post post) {
  co_await unwrap(sql::insert(post).run(unit));
  co_return Result<>{};
}

Task<Result<std::optional<Post>>> PostRepository::update(api::UnitOfWork& unit, Uuid id, PostChanges changes) {
  if (changes.empty()) return sql::find<&Post::id>(id).one(unit);
  return sql::update<Post>()
      .set(col<&Post::updated_at> = unit.call().now())
      .set_if(col<&Post::title>, changes.title)
      .set_if(col<&Post::content>, changes.content)
      .set_if(col<&Post::published>, changes.published)
      .where(col<&Post::id> == id)
      .returning_one(unit);
}

Task<Result<bool>> PostRepository::remove(api::UnitOfWork& unit, Uuid id) {
  const auto removed = co_await unwrap(sql::erase<Post>().where(col<&Post::id> == id).run(unit));
  co_return removed.rows_affected > 0;
}

}  // namespace ashlar::backend
