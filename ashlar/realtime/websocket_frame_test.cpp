// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/websocket_frame.hpp"

#include "ashlar/realtime/message_deflate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::realtime {
namespace {

using namespace std::string_literals;
using Outcome = MessageReader::Outcome;
using Peer = MessageReader::Peer;

constexpr Mask mask{'\x37', '\xFA', '\x21', '\x3D'};

// A frame of a client's with these first bits: FIN 0x80, RSV1 0x40.
std::string frame(unsigned first, std::string_view payload) {
  std::string out;
  append_frame(out, Opcode::binary, payload, Coding::plain, mask);
  out[0] = static_cast<char>(first);
  return out;
}

std::string words(const MessageReader::Step& step) {
  const std::string payload(step.payload);
  const std::string code = std::to_string(static_cast<int>(step.code));
  switch (step.outcome) {
    case Outcome::need_more:
    case Outcome::fragment:
      return "";
    case Outcome::text:
      return "text " + payload;
    case Outcome::binary:
      return "binary " + payload;
    case Outcome::ping:
      return "ping " + payload;
    case Outcome::pong:
      return "pong " + payload;
    case Outcome::close:
      return "close " + code + " " + payload;
    case Outcome::failed:
      return "failed " + code;
  }
  return "unknown";
}

struct Setting {
  MessageLimits limits{};
  Peer peer = Peer::client;
  bool compressed = false;
};

// What a reader says of the bytes, which arrive in pieces of this size.
std::vector<std::string> read(std::string bytes, std::size_t piece, const Setting& setting = {}) {
  MessageInflater inflater;
  MessageReader reader(setting.peer, setting.limits, setting.compressed ? &inflater : nullptr);
  std::vector<std::string> out;
  for (std::size_t at = 0; at < bytes.size();) {
    std::span<char> input(bytes.data() + at, std::min(piece, bytes.size() - at));
    at += input.size();
    while (!input.empty()) {
      const auto step = reader.step(input);
      if (auto said = words(step); !said.empty()) out.push_back(std::move(said));
      if (step.outcome == Outcome::failed || step.outcome == Outcome::close) return out;
      input = input.subspan(step.consumed);
      if (step.outcome == Outcome::need_more) EXPECT_TRUE(input.empty());
    }
  }
  return out;
}

// The same however the bytes are cut.
void expect(const std::string& name, const std::string& bytes, const std::vector<std::string>& wanted,
            const Setting& setting = {}) {
  for (const std::size_t piece : {bytes.size(), std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}})
    EXPECT_EQ(read(bytes, std::max<std::size_t>(piece, 1), setting), wanted) << name << ", in pieces of " << piece;
}

TEST(WebSocketFrames, AreRefused) {
  struct Case {
    std::string name, bytes, outcome;
    Setting setting{};
  };
  const Setting small{.limits = {.message_bytes_max = 200, .fragments_max = 3}};
  std::string unmasked;
  append_frame(unmasked, Opcode::text, "a");
  const std::string continued = frame(0x00, "b");
  const std::vector<Case> cases{
      {"unmasked, of a client", unmasked, "failed 1002"},
      {"masked, of a server", frame(0x81, "a"), "failed 1002", {.peer = Peer::server}},
      {"RSV1 without compression", frame(0xC1, "a"), "failed 1002"},
      {"RSV2", frame(0xA1, "a"), "failed 1002"},
      {"RSV3", frame(0x91, "a"), "failed 1002"},
      {"RSV1 in a continuation", frame(0x41, "a") + frame(0xC0, "b"), "failed 1002", {.compressed = true}},
      {"RSV1 in a ping", frame(0xC9, "a"), "failed 1002", {.compressed = true}},
      {"opcode 3", frame(0x83, ""), "failed 1002"},
      {"opcode 7", frame(0x87, ""), "failed 1002"},
      {"opcode 11", frame(0x8B, ""), "failed 1002"},
      {"opcode 15", frame(0x8F, ""), "failed 1002"},
      {"a continuation at first", frame(0x80, "a"), "failed 1002"},
      {"a text within a message", frame(0x01, "a") + frame(0x81, "b"), "failed 1002"},
      {"a binary within a message", frame(0x02, "a") + frame(0x02, "b"), "failed 1002"},
      {"a fragmented ping", frame(0x09, "a"), "failed 1002"},
      {"a fragmented close", frame(0x08, ""), "failed 1002"},
      {"a ping of 126 bytes", frame(0x89, std::string(126, 'a')), "failed 1002"},
      {"125 bytes in the form of 16 bits", "\x82\xFE\x00\x7D\x00\x00\x00\x00"s, "failed 1002"},
      {"65,535 bytes in the form of 64 bits", "\x82\xFF\x00\x00\x00\x00\x00\x00\xFF\xFF\x00\x00\x00\x00"s,
       "failed 1002"},
      {"a length with the highest bit", "\x82\xFF\x80\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"s, "failed 1002"},
      {"a length of 2^62", "\x82\xFF\x40\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"s, "failed 1009"},
      {"a byte too many", frame(0x82, std::string(201, 'a')), "failed 1009", small},
      {"a byte too many in fragments", frame(0x02, std::string(150, 'a')) + frame(0x80, std::string(51, 'a')),
       "failed 1009", small},
      {"a fragment too many", frame(0x02, "") + frame(0x00, "") + frame(0x00, "") + frame(0x80, ""), "failed 1008",
       small},
      {"ill-formed text", frame(0x81, "\xC0\xAF"), "failed 1007"},
      {"text that ends within a code point", frame(0x81, "\xE2\x82"), "failed 1007"},
      {"ill-formed text in its first fragment", frame(0x01, "\xF4\x90") + continued, "failed 1007"},
      {"text that ends within a code point, in fragments", frame(0x01, "\xE2") + frame(0x80, "\x82"), "failed 1007"},
      {"a close of one byte", frame(0x88, "\x03"), "failed 1002"},
      {"a close with code 999", frame(0x88, "\x03\xE7"), "failed 1002"},
      {"a close with code 1004", frame(0x88, "\x03\xEC"), "failed 1002"},
      {"a close with code 1005", frame(0x88, "\x03\xED"), "failed 1002"},
      {"a close with code 1006", frame(0x88, "\x03\xEE"), "failed 1002"},
      {"a close with code 1015", frame(0x88, "\x03\xF7"), "failed 1002"},
      {"a close with code 2999", frame(0x88, "\x0B\xB7"), "failed 1002"},
      {"a close with code 5000", frame(0x88, "\x13\x88"), "failed 1002"},
      {"a close whose reason is ill-formed", frame(0x88, "\x03\xE8\xFF"), "failed 1007"},
      {"what does not inflate", frame(0xC1, "\xFF\xFF"), "failed 1007", {.compressed = true}},
      {"a compressed message cut short", frame(0xC1, "\xF2\x48\xCD"), "failed 1007", {.compressed = true}},
  };
  for (const auto& [name, bytes, outcome, setting] : cases) expect(name, bytes, {outcome}, setting);
}

TEST(WebSocketFrames, AreRead) {
  struct Case {
    std::string name, bytes;
    std::vector<std::string> outcomes;
    Setting setting{};
  };
  const std::string large(70'000, 'x');
  const std::vector<Case> cases{
      {"the RFC's example", "\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58"s, {"text Hello"}},  // section 5.7
      {"an empty text", frame(0x81, ""), {"text "}},
      {"three messages", frame(0x81, "a") + frame(0x82, "b") + frame(0x81, "c"), {"text a", "binary b", "text c"}},
      {"fragments", frame(0x01, "a") + frame(0x00, "") + frame(0x80, "c") + frame(0x81, "d"), {"text ac", "text d"}},
      {"a code point in two fragments", frame(0x01, "\xE2\x82") + frame(0x80, "\xAC"), {"text €"}},
      {"a ping between fragments", frame(0x01, "a") + frame(0x89, "p") + frame(0x80, "b"), {"ping p", "text ab"}},
      {"a pong", frame(0x8A, std::string(125, 'p')), {"pong " + std::string(125, 'p')}},
      {"126 bytes", frame(0x82, std::string(126, 'a')), {"binary " + std::string(126, 'a')}},
      {"70,000 bytes", frame(0x82, large), {"binary " + large}},
      {"as many bytes as allowed",
       frame(0x82, std::string(200, 'a')),
       {"binary " + std::string(200, 'a')},
       {.limits = {.message_bytes_max = 200}}},
      {"a close without a code", frame(0x88, ""), {"close 1005 "}},
      {"a close with a reason",
       frame(0x88,
             "\x03\xE8"
             "bye"),
       {"close 1000 bye"}},
      {"a close of an application", frame(0x88, "\x0F\xA0"), {"close 4000 "}},
      // RFC 7692 section 7.2.3
      {"compressed", frame(0xC1, "\xF2\x48\xCD\xC9\xC9\x07\x00"s), {"text Hello"}, {.compressed = true}},
      {"compressed, in fragments",
       frame(0x41, "\xF2\x48\xCD") + frame(0x80, "\xC9\xC9\x07\x00"s),
       {"text Hello"},
       {.compressed = true}},
      {"compressed without compression",
       frame(0xC1, "\x00\x05\x00\xFA\xFF\x48\x65\x6C\x6C\x6F\x00"s),
       {"text Hello"},
       {.compressed = true}},
      {"compressed, with a final block",
       frame(0xC1, "\xF3\x48\xCD\xC9\xC9\x07\x00\x00"s),
       {"text Hello"},
       {.compressed = true}},
      {"compressed, in two blocks",
       frame(0xC1, "\xF2\x48\x05\x00\x00\x00\xFF\xFF\xCA\xC9\xC9\x07\x00"s),
       {"text Hello"},
       {.compressed = true}},
      {"plain where compression is allowed", frame(0x81, "a"), {"text a"}, {.compressed = true}},
  };
  for (const auto& [name, bytes, outcomes, setting] : cases) expect(name, bytes, outcomes, setting);
}

// An error shows with the byte that causes it, not with the end of the message.
TEST(WebSocketFrames, AreRefusedAsEarlyAsPossible) {
  const auto refused_at = [](std::string bytes) -> std::size_t {
    MessageReader reader(Peer::client, {}, nullptr);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (reader.step(std::span(bytes).subspan(i, 1)).outcome == Outcome::failed) return i;
    }
    return bytes.size();
  };
  EXPECT_EQ(refused_at(frame(0x83, "abc")), 1U);
  EXPECT_EQ(refused_at(frame(0x81,
                             "ab\xFF"
                             "cdefgh")),
            8U);
  EXPECT_EQ(refused_at("\x82\xFF\x00\x00\x00\x00\x7F\x00\x00\x00\x00\x00\x00\x00"s), 13U);
}

TEST(WebSocketFrames, OfACompressedBombUseLittleMemory) {
  MessageDeflater deflater({.level = 9, .compressed_from_bytes = 0});
  const auto bomb = deflater.deflate(std::string(4 * 1024 * 1024, 'a'));
  ASSERT_TRUE(bomb);
  std::string bytes = frame(0xC2, *bomb);
  MessageInflater inflater;
  MessageReader reader(Peer::client, {.message_bytes_max = 100'000}, &inflater);
  const auto step = reader.step(bytes);
  EXPECT_EQ(words(step), "failed 1009");
}

TEST(WebSocketFrames, GiveLargeBuffersBack) {
  std::string bytes = frame(0x02, std::string(100'000, 'a')) + frame(0x80, "b") + frame(0x82, "c");
  MessageReader reader(Peer::client, {}, nullptr);
  std::span<char> input = bytes;
  for (const char* wanted : {"fragment", "message", "message"}) {
    const auto step = reader.step(input);
    EXPECT_EQ(step.outcome, wanted == "fragment"s ? Outcome::fragment : Outcome::binary);
    input = input.subspan(step.consumed);
  }
  EXPECT_LE(reader.buffered_bytes(), 1024U);
}

TEST(WebSocketFrames, OfAServerAreRead) {
  std::string bytes;
  append_frame(bytes, Opcode::text, "hello");
  append_frame(bytes, Opcode::ping, "p");
  append_close(bytes, CloseCode::policy_violation, std::string(122, 'a') + "€");
  EXPECT_EQ(read(bytes, 5, {.peer = Peer::server}),
            (std::vector<std::string>{"text hello", "ping p", "close 1008 " + std::string(122, 'a')}));
}

TEST(WebSocketDeflate, IsReadBack) {
  MessageDeflater deflater;
  MessageInflater inflater;
  EXPECT_EQ(deflater.deflate("short"), std::nullopt);
  EXPECT_EQ(deflater.deflate(""), std::nullopt);
  std::string incompressible;
  for (std::uint32_t i = 0, x = 1; i < 1000; ++i, x = x * 1664525U + 1013904223U)
    incompressible += static_cast<char>(x >> 24U);
  EXPECT_EQ(deflater.deflate(incompressible), std::nullopt);
  for (const std::size_t size : {512UL, 5'000UL, 16'384UL, 16'385UL, 300'000UL}) {
    std::string text;
    while (text.size() < size) text += R"({"event":"product.updated","n":)" + std::to_string(text.size()) + "}";
    text.resize(size);
    for (int repeated = 0; repeated < 2; ++repeated) {  // no window is kept
      const auto payload = deflater.deflate(text);
      ASSERT_TRUE(payload);
      EXPECT_LT(payload->size(), text.size());
      std::string out;
      EXPECT_EQ(inflater.inflate(*payload, size, out), MessageInflater::Outcome::inflated);
      EXPECT_EQ(out, text);
      EXPECT_EQ(inflater.inflate(*payload, size - 1, out), MessageInflater::Outcome::too_big);
    }
  }
}

}  // namespace
}  // namespace ashlar::realtime
