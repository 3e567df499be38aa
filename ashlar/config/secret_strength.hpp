// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::config {

// What is wrong with a secret that a rule asks to have at least `bytes_min` bytes; nullopt when nothing is. The
// sentence continues the variable's name and never contains the secret.
//
// A secret is refused when it contains a printed placeholder ("changeme", "your-own"), when it repeats a shorter text,
// and when its entropy is below 2 bits for each of `bytes_min` bytes. The entropy is an upper bound: Shannon's, of the
// bytes or of the differences between neighbours, whichever is lower. Random hexadecimal text of 32
// digits has 88 bits or more by this measure (of 20,000 drawn), "aaaa" and "0123456789" have next to none.
[[nodiscard]] std::optional<std::string> secret_weakness(std::string_view secret, std::size_t bytes_min);

}  // namespace ashlar::config
