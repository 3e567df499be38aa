// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/post_repository.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/events/publish.hpp"
#include "ashlar/sql/list.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/list_counts.hpp"
#include "backend/posts/post_events.hpp"
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

namespace {

void publish(api::UnitOfWork& unit, const Post& post) {
  events::publish(unit, post_published, post.id.to_string(),
                  PostSummary{.id = post.id,
                              .author_id = post.author_id,
                              .title = post.title,
                              .published = post.published,
                              .created_at = post.created_at,
                              .updated_at = post.updated_at});
}

}  // namespace

Task<Result<>> PostRepository::create(api::UnitOfWork& unit, Post post) {
  audit::created(unit, post);
  if (post.published) publish(unit, post);
  co_await unwrap(sql::insert(post).run(unit));
  co_return Result<>{};
}

Task<Result<std::optional<Post>>> PostRepository::update(api::UnitOfWork& unit, Uuid id, PostChanges changes) {
  const auto before = co_await unwrap(sql::from<Post>().where(col<&Post::id> == id).for_update().one(unit));
  if (!before || changes.empty()) co_return before;
  auto after = co_await unwrap(sql::update<Post>()
                                   .set(col<&Post::updated_at> = unit.call().now())
                                   .set_if(col<&Post::title>, changes.title)
                                   .set_if(col<&Post::content>, changes.content)
                                   .set_if(col<&Post::published>, changes.published)
                                   .where(col<&Post::id> == id)
                                   .returning_one(unit));
  if (!after) co_return std::nullopt;
  audit::changed(unit, *before, *after);
  if (after->published && !before->published) publish(unit, *after);
  co_return after;
}

Task<Result<bool>> PostRepository::remove(api::UnitOfWork& unit, Uuid id) {
  const auto before = co_await unwrap(sql::find<&Post::id>(id).one(unit));
  if (!before) co_return false;
  audit::removed(unit, *before);
  const auto removed =
      co_await unwrap(sql::erase<Post>().where(col<&Post::id> == id && audit::unchanged(*before)).run(unit));
  if (removed.rows_affected == 0) co_return audit::stale();
  co_return true;
}

}  // namespace ashlar::backend
