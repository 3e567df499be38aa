// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/snapshot.hpp"

#include <gtest/gtest.h>

namespace ashlar::audit {
namespace {

TEST(Snapshots, AreReadAsPostgresWritesThem) {
  for (const char* wrong : {"1", "1:2", "x:2:", "5:4:", "0:4:", "1:4:x", "1:4:2,,3"})
    EXPECT_FALSE(Snapshot::parse(wrong)) << wrong;
  for (const char* right : {"10:10:", "10:20:10,14,15"}) EXPECT_EQ(Snapshot::parse(right)->to_string(), right);
  EXPECT_EQ(Snapshot::parse("")->to_string(), "1:1:") << "the snapshot that sees nothing";
}

TEST(Snapshots, SayWhatTheySee) {
  const auto snapshot = Snapshot::parse("10:20:10,14,15").value();
  for (const std::int64_t seen : {1, 9, 11, 16, 19}) EXPECT_TRUE(snapshot.sees(seen)) << seen;
  for (const std::int64_t unseen : {10, 14, 15, 20, 21}) EXPECT_FALSE(snapshot.sees(unseen)) << unseen;
}

// Every transaction is seen by the part before the limit exactly when the whole sees it and it is before the limit.
TEST(Snapshots, AreCutBetweenTransactions) {
  const auto snapshot = Snapshot::parse("10:20:10,14,15").value();
  for (std::int64_t limit = 5; limit < 25; ++limit) {
    const auto part = snapshot.before(limit);
    EXPECT_EQ(Snapshot::parse(part.to_string())->to_string(), part.to_string());
    for (std::int64_t transaction = 1; transaction < 30; ++transaction)
      EXPECT_EQ(part.sees(transaction), transaction < limit && snapshot.sees(transaction))
          << limit << ' ' << transaction;
  }
}

}  // namespace
}  // namespace ashlar::audit
