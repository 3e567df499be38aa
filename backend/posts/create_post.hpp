// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/posts/post.hpp"

namespace ashlar::backend {

struct CreatePost {
  PostTitle title;
  PostContent content;
  Defaulted<bool, false> published;

  static CreatePost example();
};
ASHLAR_DESCRIBE(CreatePost, title, content, published)

Task<Result<api::Created<Post>>> create_post(api::UserCall& call, CreatePost in, api::Units& units);

}  // namespace ashlar::backend
