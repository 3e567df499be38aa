// SPDX-License-Identifier: Apache-2.0
#include "backend/posts/post.hpp"

namespace ashlar::backend {

Post Post::example() {
  const Timestamp moment = Timestamp::parse("2026-05-04T08:30:00.125Z").value_or(Timestamp{});
  return {.id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a71").value_or(Uuid{}),
          .author_id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a69").value_or(Uuid{}),
          .title = "On the analytical engine",
          .content = "It weaves algebraic patterns.",
          .published = true,
          .created_at = moment,
          .updated_at = moment};
}

PostSummary PostSummary::example() {
  const Post post = Post::example();
  return {.id = post.id,
          .author_id = post.author_id,
          .title = post.title,
          .published = post.published,
          .created_at = post.created_at,
          .updated_at = post.updated_at};
}

}  // namespace ashlar::backend
