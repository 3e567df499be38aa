// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/utf8_stream.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// The frames of the WebSocket protocol (RFC 6455) and its compression (RFC 7692), without I/O. The same code serves
// HTTP/1.1, after the 101, and HTTP/2, inside a stream (RFC 8441).
namespace ashlar::realtime {

class MessageInflater;

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// RFC 6455 section 7.4.1 and the registry of IANA.
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  no_status = 1005,  // never sent: a close frame without a code
  invalid_payload = 1007,
  policy_violation = 1008,
  message_too_big = 1009,
  internal_error = 1011,
  service_restart = 1012,
  try_again_later = 1013,
};

struct MessageLimits {
  std::size_t message_bytes_max = 1024 * 1024;  // decompressed, all fragments together; more is 1009
  std::size_t fragments_max = 128;              // frames of one message; more is 1008
};

// Reads frames and joins them into messages: a state machine that buffers nothing but the message it is in. A message
// that arrives in one piece and uncompressed is not copied. Text is checked as it arrives: an ill-formed byte fails the
// connection before the rest of the message arrives.
//
// Not thread-safe. The inflater outlives it; it is used within step() alone, so one serves all connections of a loop.
class MessageReader {
 public:
  enum class Peer : std::uint8_t { client, server };  // a client masks its frames, a server must not (section 5.1)
  // Without an inflater compression was not negotiated, and a compressed frame is a protocol error.
  MessageReader(Peer peer, const MessageLimits& limits, MessageInflater* inflater)
      : peer_(peer), limits_(limits), inflater_(inflater) {}

  // fragment: a frame of a message has ended and the message continues; call again.
  enum class Outcome : std::uint8_t { need_more, fragment, text, binary, ping, pong, close, failed };
  struct Step {
    Outcome outcome;
    std::size_t consumed = 0;    // bytes of the input that were processed
    std::string_view payload{};  // of a message, ping or pong; the reason of a close. Valid until the next step
    CloseCode code = CloseCode::no_status;  // of a close; for `failed`, what to close the connection with
  };
  // Takes bytes from the front of `input`, which it unmasks in place, up to one event. need_more has consumed all of
  // it. After close or failed it must not be called again.
  [[nodiscard]] Step step(std::span<char> input);

  // Bytes that are kept between two steps.
  [[nodiscard]] std::size_t buffered_bytes() const { return message_.capacity(); }

 private:
  struct Header {
    Opcode opcode = Opcode::text;
    bool is_final = false;
    bool is_compressed = false;
    std::uint64_t length = 0;
    std::array<char, 4> mask{};
  };
  // Returns how many bytes it has taken; the header is whole once header_size_ says so.
  [[nodiscard]] std::size_t take_header(std::span<const char> input);
  [[nodiscard]] std::optional<CloseCode> begin_frame();
  [[nodiscard]] std::optional<CloseCode> check_first_bytes() const;
  [[nodiscard]] Step take_payload(std::span<char> input, std::size_t consumed);
  [[nodiscard]] Step end_message(std::string_view whole, std::size_t consumed);
  [[nodiscard]] Step end_control(std::string_view payload, std::size_t consumed);
  void unmask(std::span<char> payload);
  [[nodiscard]] bool is_control() const { return static_cast<std::uint8_t>(frame_.opcode) >= 8; }
  [[nodiscard]] static Step failed(CloseCode code) { return {.outcome = Outcome::failed, .code = code}; }

  const Peer peer_;
  const MessageLimits limits_;
  MessageInflater* const inflater_;
  std::array<char, 14> header_{};
  std::size_t header_size_ = 0;
  Header frame_{};
  bool in_payload_ = false;
  bool in_message_ = false;     // a data frame without FIN arrived, and the message continues
  bool message_ended_ = false;  // the payload that was returned last is in message_
  Opcode message_opcode_ = Opcode::text;
  bool message_compressed_ = false;
  std::size_t fragments_ = 0;
  std::uint64_t taken_ = 0;  // of the frame's payload
  Utf8Stream utf8_;
  std::string message_;              // what has arrived of the message, where it is not returned from the input
  std::string inflated_;             // a message that was compressed
  std::array<char, 125> control_{};  // the payload of a control frame, which may come between two fragments
};

// Whether a peer may send the code in a close frame (section 7.4).
[[nodiscard]] bool may_be_sent(std::uint16_t code);

enum class Coding : std::uint8_t { plain, deflated };
using Mask = std::array<char, 4>;  // random for each frame of a client (section 5.3)

// Appends one unfragmented frame. A server masks nothing.
void append_frame(std::string& out, Opcode opcode, std::string_view payload, Coding coding = Coding::plain,
                  const std::optional<Mask>& mask = std::nullopt);
// A close frame. Its reason is cut to 123 bytes, at the end of a code point.
void append_close(std::string& out, CloseCode code, std::string_view reason,
                  const std::optional<Mask>& mask = std::nullopt);

}  // namespace ashlar::realtime
