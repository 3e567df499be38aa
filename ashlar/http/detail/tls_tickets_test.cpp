// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/tls_tickets.hpp"

#include <gtest/gtest.h>

namespace ashlar::http::detail {
namespace {

using std::chrono::seconds;

const TicketKeys::Moment start{};

TEST(TicketKeys, AnUnknownNameFindsNone) {
  TicketKeys keys(seconds{60});
  const TicketKeys::Key unknown{};
  EXPECT_FALSE(keys.find(unknown.name, start));
  (void)keys.current(start);
  EXPECT_FALSE(keys.find(unknown.name, start));
}

TEST(TicketKeys, OneServesItsTimeAndOpensForAsLongAgain) {
  TicketKeys keys(seconds{60});
  const auto first = keys.current(start);
  ASSERT_TRUE(first);
  EXPECT_EQ(keys.current(start + seconds{59})->name, first->name);
  EXPECT_EQ(keys.find(first->name, start + seconds{59})->age, TicketKeys::Age::current);

  const auto second = keys.current(start + seconds{60});
  ASSERT_TRUE(second);
  EXPECT_NE(second->name, first->name);
  EXPECT_NE(second->cipher_key, first->cipher_key);
  EXPECT_NE(second->mac_key, first->mac_key);
  const auto found = keys.find(first->name, start + seconds{119});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->age, TicketKeys::Age::previous);
  EXPECT_EQ(found->key.cipher_key, first->cipher_key);
  EXPECT_FALSE(keys.find(first->name, start + seconds{120}));
}

TEST(TicketKeys, ExpireInTimeWithoutNewTickets) {
  TicketKeys keys(seconds{60});
  const auto first = keys.current(start);
  ASSERT_TRUE(first);
  EXPECT_EQ(keys.find(first->name, start + seconds{60})->age, TicketKeys::Age::previous);
  EXPECT_FALSE(keys.find(first->name, start + seconds{600}));
}

}  // namespace
}  // namespace ashlar::http::detail
