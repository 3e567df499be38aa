// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace ashlar::events {

// An event of this program alone, which neither webhooks nor brokers get; realtime channels show its name without the
// prefix. A consumer receives it only if its types name it.
inline constexpr std::string_view internal_prefix = "internal.";
[[nodiscard]] inline bool is_internal(std::string_view type) { return type.starts_with(internal_prefix); }

}  // namespace ashlar::events
