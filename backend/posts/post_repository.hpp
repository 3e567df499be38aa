// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/posts/list_posts.hpp"
#include "backend/posts/post.hpp"

#include <optional>
#include <string>

namespace ashlar::backend {

// What a change sets; what is absent stays.
struct PostChanges {
  std::optional<PostTitle> title;
  std::optional<PostContent> content;
  std::optional<bool> published;

  [[nodiscard]] bool empty() const { return !title && !content && !published; }
};

// The rows of posts. As UserRepository: for a database or a transaction.
class PostRepository {
 public:
  explicit PostRepository(sql::Executor& in) : in_(in) {}

  Task<Result<>> create(Post post);
  Task<Result<std::optional<Post>>> find(Uuid id);
  Task<Result<std::optional<Uuid>>> find_author(Uuid id);
  // The published ones, and all of the author's where one is given.
  Task<Result<web::Page<Post>>> list(ListPosts wanted, std::optional<Uuid> author);
  Task<Result<std::optional<Post>>> update(Uuid id, PostChanges changes, Timestamp now);
  Task<Result<bool>> remove(Uuid id);  // false when there is no such post

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
