// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/outgoing_message.hpp"

#include "ashlar/realtime/message_deflate.hpp"
#include "ashlar/realtime/websocket_frame.hpp"

namespace ashlar::realtime {
namespace {

constexpr std::size_t header_bytes_max = 10;  // of an unmasked frame

}  // namespace

std::shared_ptr<const OutgoingMessage> OutgoingMessage::text(std::string_view payload) {
  return std::make_shared<const OutgoingMessage>(Kind::text, payload);
}

std::shared_ptr<const OutgoingMessage> OutgoingMessage::binary(std::string_view payload) {
  return std::make_shared<const OutgoingMessage>(Kind::binary, payload);
}

OutgoingMessage::OutgoingMessage(Kind kind, std::string_view payload) {
  frame_.reserve(header_bytes_max + payload.size());
  append_frame(frame_, kind == Kind::text ? Opcode::text : Opcode::binary, payload);
  payload_at_ = frame_.size() - payload.size();
}

std::string_view OutgoingMessage::deflated_frame(MessageDeflater& deflater) const {
  std::call_once(deflated_once_, [this, &deflater] {
    const auto smaller = deflater.deflate(payload());
    if (!smaller) return;
    const auto opcode = static_cast<Opcode>(static_cast<unsigned char>(frame_.front()) & 0x0FU);
    deflated_.reserve(header_bytes_max + smaller->size());
    append_frame(deflated_, opcode, *smaller, Coding::deflated);
  });
  return deflated_.empty() ? std::string_view(frame_) : std::string_view(deflated_);
}

}  // namespace ashlar::realtime
