// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/http/limits.hpp"
#include "ashlar/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace ashlar::http::detail {

// How the end of a request's body is determined (RFC 9112 section 6).
enum class BodyFraming : std::uint8_t { none, length, chunked };

// A message that is answered with a status and does not become a request. The connection ends after it.
struct Refusal {
  int status;
  Error error;
};

// What the connection needs from a head, in addition to the request.
struct RequestHead {
  std::size_t bytes = 0;  // of the input, including its blank line: the body begins there
  BodyFraming framing = BodyFraming::none;
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  bool expects_continue = false;
};

// Decodes the head of an HTTP/1 request without I/O, in three steps: a scan that finds its end and refuses invalid
// bytes as soon as they arrive; Beast's basic_parser over the whole head; then the rules that Beast does not enforce.
// docs/design/http1.md has the table of refusals with their sections of RFC 9110 and RFC 9112.
class Http1RequestDecoder {
 public:
  enum class Progress : std::uint8_t { need_more, ready, refused };

  // The limits outlive it.
  explicit Http1RequestDecoder(const Limits& limits) : limits_(limits) {}

  // `input` begins with the message's first byte and has only grown since the previous call; it may have moved. ready:
  // `request` (except for its body, scheme and peer) holds views into it. After ready or refused: reset().
  [[nodiscard]] Progress decode(std::string_view input, Request& request);
  [[nodiscard]] const RequestHead& head() const { return head_; }
  [[nodiscard]] const Refusal& refusal() const { return *refusal_; }
  // The response when the rest of a head does not arrive in time.
  [[nodiscard]] Refusal refusal_of_unfinished() const;
  // For the response to a refused or unfinished head: fills `request` with the valid fields of the complete lines of
  // `input`, the same bytes as decode() had, and nothing else.
  void collect_known_fields(std::string_view input, Request& request) const;
  // Whether a byte of a message has arrived; blank lines before it do not count.
  [[nodiscard]] bool started() const { return scanned_ > message_start_; }
  void reset();

 private:
  Progress scan(std::string_view input);
  Progress take_line(std::string_view line);
  Progress parse(std::string_view input, Request& request);
  Progress refuse(int status, ErrorCode code, const char* message);
  Progress refuse_target();

  const Limits& limits_;
  RequestHead head_;
  std::unique_ptr<Refusal> refusal_;  // a pointer, since few connections have one
  std::size_t scanned_ = 0;           // the bytes before it are checked
  std::size_t line_start_ = 0;
  std::size_t message_start_ = 0;  // after blank lines
  std::size_t fields_start_ = 0;   // zero: still in the request line
  std::size_t field_lines_ = 0;
  bool target_too_long_ = false;  // refused at the end of the head, so that its fields are known
};

}  // namespace ashlar::http::detail
