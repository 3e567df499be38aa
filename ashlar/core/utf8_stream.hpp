// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace ashlar {

// Checks that bytes which arrive in pieces are well-formed UTF-8 (RFC 3629), and finds an error with the first byte
// that makes the text ill-formed. A sequence may be split between pieces. Holds no text; not thread-safe.
class Utf8Stream {
 public:
  // False: the text so far is ill-formed. No further call may follow.
  [[nodiscard]] bool feed(std::string_view piece);
  // Whether the text so far ends with a whole code point.
  [[nodiscard]] bool is_complete() const { return missing_ == 0; }

 private:
  [[nodiscard]] bool begin_sequence(unsigned char lead);

  std::uint8_t missing_ = 0;  // continuation bytes of the sequence that has begun
  std::uint8_t low_ = 0x80;   // the range of the next one (Unicode 15.0 table 3-7)
  std::uint8_t high_ = 0xBF;
};

}  // namespace ashlar
