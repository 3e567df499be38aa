// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/cache/shared_level.hpp"

#include <string>
#include <string_view>

namespace ashlar::cache::detail {

// What changed, as one text for a channel: "k5:a key", "t3:tag" one behind the other, or "everything". Keys and tags
// are bytes of any kind.
[[nodiscard]] std::string message_of(const Changed& what);

// What is no such text means everything: better too much is forgotten than too little.
[[nodiscard]] Changed changed_of(std::string_view message);

}  // namespace ashlar::cache::detail
