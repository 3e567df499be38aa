// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/statement_cache.hpp"

#include <gtest/gtest.h>

namespace ashlar::sql::postgres::detail {
namespace {

TEST(StatementCache, GivesUpTheLeastUsed) {
  StatementCache cache(2);
  const auto first = cache.add("a", {}, Effect::reads)->name;
  const auto second = cache.add("b", {}, Effect::reads)->name;
  ASSERT_NE(cache.find("a", {}), nullptr);
  EXPECT_EQ(cache.evict(), second);
  EXPECT_EQ(cache.find("b", {}), nullptr);
  EXPECT_EQ(cache.find("a", {})->name, first);
  EXPECT_EQ(cache.evict(), std::nullopt) << "there is room";
  EXPECT_NE(cache.add("b", {}, Effect::reads)->name, second) << "a name is never used twice";
}

TEST(StatementCache, KeepsAnEntryForEachSetOfTypes) {
  StatementCache cache(10);
  const std::vector<Value> integer = {std::int64_t{1}};
  const std::vector<Value> text = {std::string("a")};
  const auto first = cache.add("a", integer, Effect::reads)->name;
  EXPECT_EQ(cache.find("a", text), nullptr);
  const auto second = cache.add("a", text, Effect::reads)->name;
  EXPECT_EQ(cache.find("a", integer)->name, first);
  EXPECT_EQ(cache.find("a", text)->name, second);
  cache.remove(first);
  EXPECT_EQ(cache.find("a", integer), nullptr);
  EXPECT_EQ(cache.find("a", text)->name, second);
  EXPECT_EQ(cache.find("a", {}), nullptr);
}

TEST(StatementCache, OptionalParametersDoNotMultiply) {
  StatementCache cache(100);
  for (int round = 0; round < 2; ++round) {
    for (unsigned mask = 0; mask < 64; ++mask) {
      std::vector<Value> values(6);
      for (unsigned bit = 0; bit < 6; ++bit) {
        if ((mask >> bit & 1) != 0) values[bit] = std::int64_t{1};
      }
      if (cache.find("a", values) == nullptr) cache.add("a", values, Effect::reads);
    }
  }
  EXPECT_LE(cache.size(), 7U);
}

}  // namespace
}  // namespace ashlar::sql::postgres::detail
