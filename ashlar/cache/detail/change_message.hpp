// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/cache/shared_level.hpp"

#include <string>
#include <string_view>

namespace ashlar::cache::detail {

// A change as the text of a channel message: "k5:a key" and "t3:tag", concatenated, or "everything". Keys and tags are
// arbitrary bytes.
[[nodiscard]] std::string message_of(const Changed& what);

// A malformed text means everything: dropping too much is safe, dropping too little is not.
[[nodiscard]] Changed changed_of(std::string_view message);

}  // namespace ashlar::cache::detail
