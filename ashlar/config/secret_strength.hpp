// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::config {

// Why a secret that must have at least `bytes_min` bytes is too weak; nullopt when it is strong enough. The text
// continues a sentence that begins with the variable's name, and never contains the secret.
//
// A secret is refused when it contains a documented placeholder ("changeme", "your-own"), when it repeats a shorter
// text, or when its entropy is below 2 bits for each of `bytes_min` bytes. The entropy is an upper bound: the Shannon
// entropy of the bytes or of the differences between neighbours, whichever is lower. Random hexadecimal text of 32
// digits measures at least 88 bits (20,000 samples); "aaaa" and "0123456789" measure almost none.
[[nodiscard]] std::optional<std::string> secret_weakness(std::string_view secret, std::size_t bytes_min);

}  // namespace ashlar::config
