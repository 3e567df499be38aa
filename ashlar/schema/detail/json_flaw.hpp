// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ashlar::schema::detail {

// The first byte at which a text is invalid JSON (RFC 8259), and a human-readable reason.
struct JsonFlaw {
  std::size_t offset;
  std::string_view reason;  // a literal
};

// The fast parser does not report where it failed. This slow parser runs only after a refusal: byte by byte, recursing
// at most `depth_max` deep. nullopt: the text is valid.
std::optional<JsonFlaw> find_json_flaw(std::string_view json, std::size_t depth_max);

}  // namespace ashlar::schema::detail
