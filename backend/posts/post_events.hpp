// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/events/event.hpp"
#include "backend/posts/post.hpp"

namespace ashlar::backend {

// Its key is the post's id. When a post becomes public: created so, or changed from a draft.
inline constexpr events::EventType<PostSummary> post_published{"post.published"};

}  // namespace ashlar::backend
