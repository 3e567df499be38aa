// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ashlar::http::detail {

// Limits of a chunked body. See Limits.
struct ChunkedLimits {
  std::uint64_t body_bytes_max;
  std::size_t extension_bytes_max;  // of all chunk extensions together
  std::size_t trailer_bytes_max;    // of all trailer lines together
};

// Decodes a chunked body (RFC 9112 section 7.1): a state machine without I/O and without a buffer. Extensions are
// skipped and trailers discarded; both must follow their grammar and are counted. Strict: only CR LF ends a line; a
// size is 1 to 16 hexadecimal digits and does not overflow; a size is followed by CR LF or an extension.
class ChunkedDecoder {
 public:
  enum class Outcome : std::uint8_t { need_more, data, end, malformed, too_large };
  struct Step {
    Outcome outcome;
    std::size_t consumed;   // consumed bytes of the input, including `data`
    std::string_view data;  // for Outcome::data: not empty, a view into the input
  };

  ChunkedDecoder() = default;
  explicit ChunkedDecoder(const ChunkedLimits& limits) : limits_(limits) {}

  // Consumes bytes from the front of `input`, up to one piece of data. need_more has consumed all of it. Must not be
  // called again after end, malformed or too_large.
  [[nodiscard]] Step step(std::string_view input);
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }  // of the chunks that have begun

 private:
  enum class State : std::uint8_t {
    size_first,
    size,
    before_extension,  // blanks, which only a semicolon may follow
    extension_start,   // after the semicolon
    extension_name,
    after_name,  // blanks, which an equals sign or a semicolon may follow
    value_start,
    value,
    quoted,
    escaped,
    quoted_end,
    size_line_feed,
    data,
    data_return,
    data_line_feed,
    trailer_first,
    trailer_name,
    trailer_value,
    trailer_line_feed,
    last_line_feed,
    ended,
  };

  Outcome take(char c);
  Outcome take_of_size_line(char c);
  Outcome take_of_extension(char c);
  static std::optional<State> after_extension_byte(State state, char c);  // nullopt: not allowed there
  Outcome take_of_trailer(char c);
  Outcome take_digit(unsigned digit);

  ChunkedLimits limits_{};
  State state_ = State::size_first;
  std::uint8_t digits_ = 0;
  std::uint64_t left_ = 0;  // of the chunk
  std::uint64_t body_bytes_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
};

}  // namespace ashlar::http::detail
