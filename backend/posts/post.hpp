// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/rules.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/table_rules.hpp"
#include "backend/users/user_row.hpp"

#include <string>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode post_not_found{ErrorKind::not_found, "post.not_found"};
}  // namespace errors

using PostTitle = Line<1, 200>;
using PostContent = Text<1, 100'000>;

// A row of posts, and what the API shows of it.
struct Post {
  Uuid id;
  Uuid author_id;
  std::string title;
  std::string content;
  bool published = false;
  Timestamp created_at;
  Timestamp updated_at;

  static Post example();
};
ASHLAR_DESCRIBE(Post, id, author_id, title, content, published, created_at, updated_at)
ASHLAR_TABLE(Post, "posts", sql::references<&Post::author_id, &UserRow::id>(sql::OnDelete::cascade),
             sql::index<&Post::author_id, &Post::created_at, &Post::id>("posts_author"),
             sql::index<&Post::published, &Post::created_at, &Post::id>("posts_published"),
             sql::index<&Post::published, &Post::updated_at, &Post::id>("posts_updated_at"),
             sql::index<&Post::published, &Post::title, &Post::id>("posts_title"))
ASHLAR_AUDIT(Post, "post", audit::id<&Post::id>(), audit::subject<&Post::author_id>(),
             audit::personal<&Post::title, &Post::content>(), audit::left_out<&Post::created_at, &Post::updated_at>())

// A post in a list: without its content, since a hundred of them can have 40 MB.
struct PostSummary {
  Uuid id;
  Uuid author_id;
  std::string title;
  bool published = false;
  Timestamp created_at;
  Timestamp updated_at;

  static PostSummary example();
};
ASHLAR_DESCRIBE(PostSummary, id, author_id, title, published, created_at, updated_at)

}  // namespace ashlar::backend
