// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace ashlar::test {

// Decodes a body with a content coding ("gzip", "br", "zstd", "" or "identity") by means of the coding's own library.
// Throws std::runtime_error when it is damaged, cut short, or followed by anything.
[[nodiscard]] std::string decode(std::string_view coding, std::string_view bytes);

// The same of the beginning of a body: what can be had of it so far.
[[nodiscard]] std::string decode_begun(std::string_view coding, std::string_view bytes);

}  // namespace ashlar::test
