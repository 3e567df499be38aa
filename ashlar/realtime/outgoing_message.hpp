// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace ashlar::realtime {

class MessageDeflater;

// A message of a server, encoded once for all sockets that send it. Immutable apart from its compressed form, which the
// first socket that negotiated compression makes; sockets on other loops wait for it. Safe from any thread.
class OutgoingMessage {
 public:
  enum class Kind : std::uint8_t { text, binary };

  // `payload` of a text message is UTF-8.
  [[nodiscard]] static std::shared_ptr<const OutgoingMessage> text(std::string_view payload);
  [[nodiscard]] static std::shared_ptr<const OutgoingMessage> binary(std::string_view payload);
  // Use text() or binary().
  OutgoingMessage(Kind kind, std::string_view payload);
  OutgoingMessage(const OutgoingMessage&) = delete;
  OutgoingMessage& operator=(const OutgoingMessage&) = delete;

  // One unmasked WebSocket frame. The views live as long as the message.
  [[nodiscard]] std::string_view frame() const { return frame_; }
  // The frame with a compressed payload, or frame() for a message that does not get smaller.
  [[nodiscard]] std::string_view deflated_frame(MessageDeflater& deflater) const;
  // Without the frame's header, for other transports.
  [[nodiscard]] std::string_view payload() const { return std::string_view(frame_).substr(payload_at_); }

 private:
  std::string frame_;
  std::size_t payload_at_ = 0;
  mutable std::once_flag deflated_once_;
  mutable std::string deflated_;  // empty: it does not get smaller
};

}  // namespace ashlar::realtime
