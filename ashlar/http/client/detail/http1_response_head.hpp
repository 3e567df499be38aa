// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/client/client_fields.hpp"
#include "ashlar/http/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ashlar::http::detail {

struct ResponseHeadLimits {
  std::size_t bytes_max;   // of one head, including its blank line
  std::size_t fields_max;  // of one head
};

// The relevant parts of a received head. RFC 9112 section 6.3 determines how the body ends.
struct ReceivedHead {
  enum class Framing : std::uint8_t { none, length, chunked, until_close };

  std::size_t bytes = 0;  // of the input, including the blank line
  int status = 0;
  ReceivedFields fields{};
  Framing framing = Framing::none;
  std::uint64_t content_length = 0;
  bool keep_alive = false;                              // the connection may carry another request afterwards
  std::optional<std::chrono::seconds> idle_time_max{};  // "Keep-Alive: timeout=5"

  [[nodiscard]] bool interim() const { return status < 200; }
};

// Parses the head of an HTTP/1 response: a state machine without I/O. Ambiguous messages are malformed: a line that
// does not end in CR LF, a folded line, white space before a colon, a control character, two lengths (even equal ones),
// a length next to Transfer-Encoding, a coding other than chunked. The reason phrase is ignored.
class Http1ResponseHeadDecoder {
 public:
  enum class Progress : std::uint8_t { need_more, ready, malformed, too_large };

  // `method` is the request's: it determines whether there is a body.
  Http1ResponseHeadDecoder(const ResponseHeadLimits& limits, Method method) : limits_(limits), method_(method) {}

  // `input` begins with the head's first byte and has only grown since the previous call; it may have moved. After any
  // outcome but need_more: reset(), for the head after an interim one.
  [[nodiscard]] Progress decode(std::string_view input);
  [[nodiscard]] ReceivedHead& head() { return head_; }
  [[nodiscard]] const char* broken_rule() const { return broken_rule_; }  // of what is malformed; for the log
  void reset();

 private:
  Progress take_line(std::string_view line);
  Progress take_status_line(std::string_view line);
  Progress take_field(std::string_view line);
  Progress take_connection_options(std::string_view value);
  Progress finish();
  Progress refuse(const char* rule);

  ResponseHeadLimits limits_;
  Method method_;
  ReceivedHead head_;
  const char* broken_rule_ = "";
  std::size_t scanned_ = 0;  // the bytes before it are checked
  std::size_t line_start_ = 0;
  Version version_ = Version::http_1_1;
  std::optional<std::uint64_t> length_;
  bool chunked_ = false;
  bool closes_ = false;
};

}  // namespace ashlar::http::detail
