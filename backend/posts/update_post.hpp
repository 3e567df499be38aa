// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/posts/post.hpp"

#include <optional>

namespace ashlar::backend {

struct UpdatePost {
  Uuid id;
  std::optional<PostTitle> title;
  std::optional<PostContent> content;
  std::optional<bool> published;
};
ASHLAR_DESCRIBE(UpdatePost, id, title, content, published)

Task<Result<Post>> update_post(api::Call& call, UpdatePost in, api::Units& units);

}  // namespace ashlar::backend
