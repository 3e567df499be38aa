// SPDX-License-Identifier: Apache-2.0
// Frames of a WebSocket client, with and without compression. What is read must not depend on how the bytes were cut;
// messages keep their limits and are text where they say so; what was read comes back the same when it is sent again.
// The first byte of the input chooses whether compression was negotiated.
#include "ashlar/core/encoding.hpp"
#include "ashlar/realtime/message_deflate.hpp"
#include "ashlar/realtime/websocket_frame.hpp"
#include "fuzz/fuzz.hpp"

#include <span>

namespace ashlar::realtime {
namespace {

using Outcome = MessageReader::Outcome;

constexpr MessageLimits limits{.message_bytes_max = 2'000, .fragments_max = 5};
constexpr std::size_t control_bytes_max = 125;
constexpr Mask mask{'\x37', '\xFA', '\x21', '\x3D'};

struct Message {
  Opcode opcode;
  std::string payload;

  friend bool operator==(const Message&, const Message&) = default;
};

struct Conversation {
  std::vector<Message> messages;
  std::string ending;
};

std::string in_words(const Conversation& conversation) {
  std::string out;
  for (const Message& message : conversation.messages)
    out.append(std::to_string(static_cast<int>(message.opcode))).append(" ").append(message.payload).append("\n");
  return out + conversation.ending;
}

void check(const Message& message) {
  const bool control = static_cast<unsigned>(message.opcode) >= 8;
  if (message.payload.size() > (control ? control_bytes_max : limits.message_bytes_max))
    fuzz::broken("a message has its limit");
  if (message.opcode == Opcode::text && !is_utf8(message.payload)) fuzz::broken("text is UTF-8");
}

Opcode opcode_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::text:
      return Opcode::text;
    case Outcome::binary:
      return Opcode::binary;
    case Outcome::ping:
      return Opcode::ping;
    default:
      return Opcode::pong;
  }
}

Conversation read(std::string_view bytes, fuzz::Arrivals::Pieces pieces, MessageInflater* inflater) {
  fuzz::Arrivals arrivals(bytes, pieces);
  MessageReader reader(MessageReader::Peer::client, limits, inflater);
  Conversation out;
  std::size_t at = 0;
  while (arrivals.more()) {
    const std::string_view piece = arrivals.from(at);
    at += piece.size();
    std::vector<char> own(piece.begin(), piece.end());  // it is unmasked in place
    for (std::span<char> input(own); !input.empty();) {
      const MessageReader::Step step = reader.step(input);
      if (step.consumed > input.size()) fuzz::broken("no more is consumed than there is");
      if (step.outcome == Outcome::failed || step.outcome == Outcome::close) {
        const auto code = static_cast<std::uint16_t>(step.code);
        const bool sendable =
            may_be_sent(code) || (step.outcome == Outcome::close && step.code == CloseCode::no_status);
        if (!sendable) fuzz::broken("the code of an end may be sent");
        out.ending = step.outcome == Outcome::failed ? "failed " : "close " + std::string(step.payload) + " ";
        out.ending += std::to_string(code);
        if (step.outcome == Outcome::close && !is_utf8(step.payload)) fuzz::broken("a reason is UTF-8");
        return out;
      }
      if (step.outcome == Outcome::need_more && step.consumed != input.size())
        fuzz::broken("need_more has consumed everything");
      input = input.subspan(step.consumed);
      if (step.outcome == Outcome::need_more || step.outcome == Outcome::fragment) continue;
      out.messages.push_back({opcode_of(step.outcome), std::string(step.payload)});
      check(out.messages.back());
    }
    if (reader.buffered_bytes() > 4 * limits.message_bytes_max) fuzz::broken("little is kept between two steps");
  }
  out.ending = "waits";
  return out;
}

// What a client would send for the same messages.
std::string write(const std::vector<Message>& messages, bool compressed) {
  static MessageDeflater deflater({.level = 1, .compressed_from_bytes = 0});
  std::string out;
  for (const Message& message : messages) {
    const bool data = message.opcode == Opcode::text || message.opcode == Opcode::binary;
    const auto smaller = compressed && data ? deflater.deflate(message.payload) : std::nullopt;
    append_frame(out, message.opcode, smaller.value_or(message.payload), smaller ? Coding::deflated : Coding::plain,
                 mask);
  }
  return out;
}

}  // namespace
}  // namespace ashlar::realtime

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ashlar;
  using fuzz::Arrivals;
  if (size == 0) return 0;
  static realtime::MessageInflater shared;
  realtime::MessageInflater* inflater = (data[0] & 1U) != 0 ? &shared : nullptr;
  const std::string_view bytes = fuzz::text(data + 1, size - 1);
  const realtime::Conversation at_once = realtime::read(bytes, Arrivals::Pieces::all_at_once, inflater);
  const realtime::Conversation in_pieces = realtime::read(bytes, Arrivals::Pieces::small, inflater);
  fuzz::require_same(realtime::in_words(at_once), realtime::in_words(in_pieces),
                     "messages do not depend on how their bytes were cut");
  const std::string again = realtime::write(at_once.messages, inflater != nullptr);
  if (realtime::read(again, Arrivals::Pieces::small, inflater).messages != at_once.messages)
    fuzz::broken("messages come back the same");
  return 0;
}
