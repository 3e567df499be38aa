// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/channel_history.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::realtime {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const Published> event(std::uint64_t offset, std::size_t bytes = 1) {
  return std::make_shared<const Published>(Position{7, offset}, OutgoingMessage::text(std::string(bytes, 'e')));
}

std::string in_words(const ChannelHistory::Resumed& resumed) {
  std::string out = resumed.complete ? "complete" : "incomplete";
  for (const auto& one : resumed.events) out.append(" ").append(std::to_string(one->position.offset));
  return out;
}

TEST(ChannelHistory, ReturnsWhatFollowed) {
  ChannelHistory history({7, 0}, {});
  EXPECT_EQ(in_words(history.since({7, 0}, {})), "complete");
  for (const std::uint64_t offset : {1, 2, 5}) history.add(event(offset), {});  // a feed's offsets have gaps
  EXPECT_EQ(in_words(history.since({7, 0}, {})), "complete 1 2 5");
  EXPECT_EQ(in_words(history.since({7, 2}, {})), "complete 5");
  EXPECT_EQ(in_words(history.since({7, 4}, {})), "complete 5");
  EXPECT_EQ(in_words(history.since({7, 5}, {})), "complete");
}

TEST(ChannelHistory, SaysWhatItDoesNotKnow) {
  ChannelHistory history({7, 10}, {});
  history.add(event(11), {});
  EXPECT_EQ(in_words(history.since({7, 9}, {})), "incomplete") << "before it began";
  EXPECT_EQ(in_words(history.since({7, 10}, {})), "complete 11");
  EXPECT_EQ(in_words(history.since({7, 12}, {})), "incomplete") << "not reached yet";
  EXPECT_EQ(in_words(history.since({6, 11}, {})), "incomplete") << "another epoch";
}

TEST(ChannelHistory, IsLimitedInNumber) {
  ChannelHistory history({7, 0}, {.messages_max = 2});
  for (const std::uint64_t offset : {1, 2, 3}) history.add(event(offset), {});
  EXPECT_EQ(in_words(history.since({7, 0}, {})), "incomplete");
  EXPECT_EQ(in_words(history.since({7, 1}, {})), "complete 2 3");
}

TEST(ChannelHistory, MayBeOff) {
  ChannelHistory history({7, 0}, {.messages_max = 0});
  history.add(event(1), {});
  EXPECT_EQ(in_words(history.since({7, 0}, {})), "incomplete");
  EXPECT_EQ(in_words(history.since({7, 1}, {})), "complete");
  EXPECT_EQ(history.bytes(), 0U);
}

TEST(ChannelHistory, IsLimitedInBytes) {
  ChannelHistory history({7, 0}, {.bytes_max = 1'000});
  for (std::uint64_t offset = 1; offset <= 10; ++offset) {
    history.add(event(offset, 300), {});
    EXPECT_LE(history.bytes(), 1'000U);
  }
  EXPECT_EQ(in_words(history.since({7, 8}, {})), "complete 9 10");
  history.add(event(11, 5'000), {});
  EXPECT_EQ(history.bytes(), 0U) << "larger than all that may be kept";
  EXPECT_EQ(in_words(history.since({7, 10}, {})), "incomplete");
}

TEST(ChannelHistory, IsLimitedInAge) {
  const Clock::Steady start{};
  ChannelHistory history({7, 0}, {.age_max = 10s});
  history.add(event(1), start);
  history.add(event(2), start + 6s);
  EXPECT_EQ(in_words(history.since({7, 0}, start + 10s)), "complete 1 2");
  EXPECT_EQ(in_words(history.since({7, 0}, start + 11s)), "incomplete");
  EXPECT_EQ(in_words(history.since({7, 1}, start + 11s)), "complete 2");
  history.clear();
  EXPECT_EQ(in_words(history.since({7, 1}, start + 11s)), "incomplete");
  EXPECT_EQ(in_words(history.since({7, 2}, start + 11s)), "complete");
}

TEST(RealtimePosition, IsText) {
  const Position position{0x1F, 12};
  EXPECT_EQ(position.to_string(), "000000000000001f:12");
  EXPECT_EQ(Position::parse("000000000000001f:12"), position);
  EXPECT_EQ(Position::parse(Position{~0ULL, ~0ULL}.to_string()), (Position{~0ULL, ~0ULL}));
  for (const char* bad : {"", ":", "1f:12", "000000000000001f", "000000000000001f:", "000000000000001f:-1",
                          "000000000000001f:01", "000000000000001F:12", "000000000000001g:12", "000000000000001f:1 ",
                          "000000000000001f:18446744073709551616", "000000000000001f-12"})
    EXPECT_EQ(Position::parse(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace ashlar::realtime
