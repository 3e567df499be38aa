// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Conditional requests and ranges (RFC 9110 sections 13 and 14), without I/O.
namespace ashlar::http {

// The validators of a response.
struct Validators {
  std::string_view etag{};                                   // "\"abc\"" or "W/\"abc\""; empty: none
  std::optional<std::int64_t> last_modified = std::nullopt;  // seconds since the epoch
};

// Section 13.2.2, in its order: If-Match, else If-Unmodified-Since; then If-None-Match, else (GET and HEAD only)
// If-Modified-Since. An unparsable date is ignored; an unparsable list of tags matches nothing.
enum class Precondition : std::uint8_t {
  passed,
  not_modified,  // 304
  failed,        // 412
};
[[nodiscard]] Precondition evaluate_preconditions(Method method, const RequestHeaders& headers,
                                                  const Validators& current);

// Section 14.1.2: one range of bytes, inclusive.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  [[nodiscard]] std::uint64_t size() const { return last - first + 1; }
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};
struct RangeChoice {
  enum class Kind : std::uint8_t { whole, part, unsatisfiable } kind = Kind::whole;  // 200, 206, 416
  ByteRange range{};                                                                 // of a part
};
// The requested part of `size` bytes. The whole for methods other than GET, other units, an unparsable Range, an
// If-Range that does not hold (section 13.1.5), and for several ranges, which section 14.2 allows a server to ignore:
// they have been used to make servers work more than they send.
[[nodiscard]] RangeChoice choose_range(Method method, const RequestHeaders& headers, const Validators& current,
                                       std::uint64_t size);
// "bytes 0-99/1000", or "bytes */1000" when it is unsatisfiable.
[[nodiscard]] std::string content_range_of(const RangeChoice& choice, std::uint64_t size);

}  // namespace ashlar::http
