// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/posts/post.hpp"
#include "backend/posts/post_list.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace ashlar::backend {

// The changes; an absent member stays unchanged.
struct PostChanges {
  std::optional<PostTitle> title;
  std::optional<PostContent> content;
  std::optional<bool> published;

  [[nodiscard]] bool empty() const { return !title && !content && !published; }
};

// The rows of posts. Reads use the given executor: a database, a replica, a unit of work. Writes take a unit of work,
// and are one statement each.
class PostRepository {
 public:
  explicit PostRepository(sql::Executor& in) : in_(in) {}

  Task<Result<std::optional<Post>>> find(Uuid id);
  Task<Result<std::optional<Uuid>>> find_author(Uuid id);
  // Published posts, and, if an author is given, all of the author's.
  Task<Result<api::Page<PostSummary>>> list(ListPosts wanted, std::optional<Uuid> author);
  Task<Result<api::Page<PostSummary>>> list_from(ListPosts wanted, std::optional<Uuid> author,
                                                 const sql::Cursors& cursors);  // by wanted.cursor

  // Of the author, published or not, in the order of their ids: those after the id `after`, at most `count_max`.
  Task<Result<std::vector<Post>>> of_author_after(Uuid author, Uuid after, std::int64_t count_max);

  static Task<Result<>> create(api::UnitOfWork& unit, Post post);
  static Task<Result<std::optional<Post>>> update(api::UnitOfWork& unit, Uuid id, PostChanges changes);
  static Task<Result<bool>> remove(api::UnitOfWork& unit, Uuid id);  // false when there is no such post

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
