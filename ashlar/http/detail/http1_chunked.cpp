// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http1_chunked.hpp"

#include "ashlar/http/detail/characters.hpp"
#include "ashlar/http/field_syntax.hpp"

#include <algorithm>
#include <optional>

namespace ashlar::http::detail {
namespace {

// -1 for a character that is not a hexadecimal digit.
int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_value_byte(char c) { return is_field_value({&c, 1}); }

}  // namespace

ChunkedDecoder::Step ChunkedDecoder::step(std::string_view input) {
  std::size_t at = 0;
  while (at < input.size()) {
    if (state_ == State::data) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size() - at));
      left_ -= size;
      if (left_ == 0) state_ = State::data_return;
      return {Outcome::data, at + size, input.substr(at, size)};
    }
    const Outcome outcome = take(input[at]);
    ++at;
    if (outcome != Outcome::need_more) return {outcome, at, {}};
  }
  return {Outcome::need_more, at, {}};
}

ChunkedDecoder::Outcome ChunkedDecoder::take(char c) {
  switch (state_) {
    case State::size_first:
    case State::size:
    case State::size_line_feed:
      return take_of_size_line(c);
    case State::before_extension:
    case State::extension_start:
    case State::extension_name:
    case State::after_name:
    case State::value_start:
    case State::value:
    case State::quoted:
    case State::escaped:
    case State::quoted_end:
      return take_of_extension(c);
    case State::data_return:
      state_ = State::data_line_feed;
      return c == '\r' ? Outcome::need_more : Outcome::malformed;
    case State::data_line_feed:
      state_ = State::size_first;
      return c == '\n' ? Outcome::need_more : Outcome::malformed;
    case State::trailer_first:
    case State::trailer_name:
    case State::trailer_value:
    case State::trailer_line_feed:
    case State::last_line_feed:
      return take_of_trailer(c);
    case State::data:
    case State::ended:
      break;
  }
  return Outcome::malformed;
}

ChunkedDecoder::Outcome ChunkedDecoder::take_digit(unsigned digit) {
  if (state_ == State::size_first) {
    left_ = 0;
    digits_ = 0;
    state_ = State::size;
  }
  if (++digits_ > 16) return Outcome::malformed;  // 16 digits are 64 bits
  left_ = left_ * 16 + digit;
  return Outcome::need_more;
}

ChunkedDecoder::Outcome ChunkedDecoder::take_of_size_line(char c) {
  if (state_ == State::size_line_feed) {
    if (c != '\n') return Outcome::malformed;
    if (left_ == 0) {
      state_ = State::trailer_first;
      return Outcome::need_more;
    }
    if (left_ > limits_.body_bytes_max - body_bytes_) return Outcome::too_large;
    body_bytes_ += left_;
    state_ = State::data;
    return Outcome::need_more;
  }
  if (const int digit = digit_of(c); digit >= 0) return take_digit(static_cast<unsigned>(digit));
  return state_ == State::size ? take_of_extension(c) : Outcome::malformed;
}

// RFC 9112 section 7.1.1: *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] ), then CR LF. Trailing blanks
// are refused: some implementations accept "5 \r\n" as a size, others do not.
ChunkedDecoder::Outcome ChunkedDecoder::take_of_extension(char c) {
  const bool may_end =
      state_ == State::size || state_ == State::extension_name || state_ == State::value || state_ == State::quoted_end;
  if (c == '\r' && may_end) {
    state_ = State::size_line_feed;
    return Outcome::need_more;
  }
  if (++extension_bytes_ > limits_.extension_bytes_max) return Outcome::too_large;
  const std::optional<State> next = after_extension_byte(state_, c);
  if (!next) return Outcome::malformed;
  state_ = *next;
  return Outcome::need_more;
}

std::optional<ChunkedDecoder::State> ChunkedDecoder::after_extension_byte(State state, char c) {
  const bool blank = c == ' ' || c == '\t';
  const bool token = is_token_character(c);
  switch (state) {
    case State::size:
    case State::before_extension:
    case State::quoted_end:
      if (blank) return State::before_extension;
      break;
    case State::extension_start:
      if (blank || token) return blank ? state : State::extension_name;
      return std::nullopt;
    case State::extension_name:
      if (token) return state;
      [[fallthrough]];
    case State::after_name:
      if (blank || c == '=') return blank ? State::after_name : State::value_start;
      break;
    case State::value_start:
      if (blank || token) return blank ? state : State::value;
      if (c == '"') return State::quoted;
      return std::nullopt;
    case State::value:
      if (blank || token) return blank ? State::before_extension : state;
      break;
    case State::quoted:
      if (c == '"' || c == '\\') return c == '"' ? State::quoted_end : State::escaped;
      [[fallthrough]];
    case State::escaped:
      if (is_value_byte(c)) return State::quoted;
      return std::nullopt;
    default:
      return std::nullopt;
  }
  if (c == ';') return State::extension_start;
  return std::nullopt;
}

ChunkedDecoder::Outcome ChunkedDecoder::take_of_trailer(char c) {
  if (state_ == State::last_line_feed) {
    state_ = State::ended;
    return c == '\n' ? Outcome::end : Outcome::malformed;
  }
  if (state_ == State::trailer_line_feed) {
    state_ = State::trailer_first;
    return c == '\n' ? Outcome::need_more : Outcome::malformed;
  }
  if (state_ == State::trailer_first && c == '\r') {
    state_ = State::last_line_feed;
    return Outcome::need_more;
  }
  if (++trailer_bytes_ > limits_.trailer_bytes_max) return Outcome::too_large;
  if (state_ == State::trailer_value) {
    if (c == '\r') {
      state_ = State::trailer_line_feed;
      return Outcome::need_more;
    }
    return is_value_byte(c) ? Outcome::need_more : Outcome::malformed;
  }
  if (state_ == State::trailer_name && c == ':') {
    state_ = State::trailer_value;
    return Outcome::need_more;
  }
  state_ = State::trailer_name;
  return is_token_character(c) ? Outcome::need_more : Outcome::malformed;
}

}  // namespace ashlar::http::detail
