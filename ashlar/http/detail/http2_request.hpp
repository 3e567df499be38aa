// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/http1_request.hpp"
#include "ashlar/http/limits.hpp"
#include "ashlar/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::http::detail {

// The head of an HTTP/2 request (RFC 9113 section 8.3), assembled field by field, without I/O. nghttp2 has already
// refused what HTTP/2 forbids (upper case, connection headers, pseudo-headers that are missing, late or unknown); this
// class enforces the other rules of Http1RequestDecoder. It owns the bytes, and keeps its memory.
class Http2RequestDecoder {
 public:
  // The limits outlive it.
  explicit Http2RequestDecoder(const Limits& limits) : limits_(limits) {}

  void reset();
  // The next field, pseudo-headers included. A field beyond a limit is dropped, and finish() reports it.
  void add(std::string_view name, std::string_view value);
  // A trailer field: counted and dropped. false: there are too many.
  [[nodiscard]] bool add_trailer(std::string_view name, std::string_view value);

  enum class Body : std::uint8_t { none, follows };
  // After the last field. true: `request` (except for its body, scheme and peer) holds views into this; false: see
  // refusal().
  [[nodiscard]] bool finish(Body body, Request& request);
  [[nodiscard]] const Refusal& refusal() const { return *refusal_; }
  [[nodiscard]] std::optional<std::uint64_t> content_length() const { return content_length_; }
  [[nodiscard]] bool expects_continue() const { return expects_continue_; }

 private:
  struct Place {  // in bytes_
    std::size_t at = 0;
    std::size_t name_size = 0;
    std::size_t value_size = 0;
  };
  [[nodiscard]] std::string_view name(const Place& place) const;
  [[nodiscard]] std::string_view value(const Place& place) const;
  void add_pseudo(std::string_view name, std::string_view value);
  void add_headers(Request& request);
  bool take_target(Request& request);
  bool take_length();
  bool take_expectation();
  bool refuse(int status, ErrorCode code, const char* message);

  const Limits& limits_;
  std::string bytes_;
  std::string cookies_;
  std::vector<Place> fields_;
  std::optional<Place> method_;
  std::optional<Place> path_;
  std::optional<Place> scheme_;
  std::optional<Place> authority_;
  std::optional<Place> protocol_;
  std::size_t header_bytes_ = 0;
  std::size_t kept_bytes_ = 0;  // of header_bytes_, in fields_
  std::size_t trailer_bytes_ = 0;
  std::size_t cookie_fields_ = 0;
  std::optional<std::uint64_t> content_length_;
  bool expects_continue_ = false;
  std::optional<Refusal> refusal_;
};

}  // namespace ashlar::http::detail
