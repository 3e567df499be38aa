// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ashlar::schema::detail {

// The first byte at which a text stops being JSON (RFC 8259), and why, for a person.
struct JsonFlaw {
  std::size_t offset;
  std::string_view reason;  // a literal
};

// The parser that reads texts does not say where it gave up. This one looks again, only after a refusal: byte by byte,
// slowly, on a stack of at most `depth_max`. nullopt: the text is fine.
std::optional<JsonFlaw> find_json_flaw(std::string_view json, std::size_t depth_max);

}  // namespace ashlar::schema::detail
