// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/post_repository.hpp"

#include "ashlar/sql/list.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/list_counts.hpp"
#include "backend/raw_statements.hpp"

namespace ashlar::backend {

using sql::col;

Task<Result<std::optional<Post>>> PostRepository::find(Uuid id) { return sql::find<&Post::id>(id).one(in_); }

Task<Result<std::optional<Uuid>>> PostRepository::find_author(Uuid id) { return author_of_post(id).one(in_); }

namespace {

sql::List<Post, PostSummary> visible_to(const std::optional<Uuid>& author, const ListPosts& wanted) {
  sql::Condition visible = col<&Post::published> == true;
  if (author) visible = std::move(visible) || col<&Post::author_id> == *author;
  auto rows = sql::list<Post, PostSummary>();
  rows.where(std::move(visible)).order_by(wanted.sort, sql::tie_break<&Post::id>(wanted.sort));
  return rows;
}

}  // namespace

Task<Result<api::Page<PostSummary>>> PostRepository::list(ListPosts wanted, std::optional<Uuid> author) {
  std::vector<Counter> counters{{.list = "posts.published"}};
  if (author) counters.push_back({.list = "posts.drafts", .part = author->to_string()});
  auto page = co_await unwrap(
      visible_to(author, wanted).page_with_total(in_, wanted.page, wanted.limit, total_of(counters, in_.dialect())));
  co_return api::page_of(std::move(page), wanted.page, wanted.limit);
}

Task<Result<api::Page<PostSummary>>> PostRepository::list_from(ListPosts wanted, std::optional<Uuid> author,
                                                               const sql::Cursors& cursors) {
  auto page = co_await unwrap(
      visible_to(author, wanted).cursor_page<&Post::id>(in_, cursors, api::cursor_of(wanted.cursor), wanted.limit));
  co_return api::page_of(std::move(page), wanted.limit);
}

Task<Result<std::vector<Post>>> PostRepository::of_author_after(Uuid author, Uuid after, std::int64_t count_max) {
  return sql::from<Post>()
      .where(col<&Post::author_id> == author && col<&Post::id> > after)
      .order_by(sql::asc<&Post::id>)
      .limit(count_max)
      .all(in_);
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
