// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/error.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

namespace ashlar {
namespace {

constexpr ErrorCode no_such_thing{ErrorKind::not_found, "thing.not_found"};
constexpr ErrorCode broken{ErrorKind::unavailable, "thing.broken"};

TEST(Required, FailsWithTheCodeWhereThereIsNothing) {
  const auto found = required(Result<std::optional<int>>(std::nullopt), no_such_thing, "There is no such thing.");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), no_such_thing);
  EXPECT_EQ(found.error().message(), "There is no such thing.");
}

TEST(Required, KeepsAnErrorWithItsCause) {
  const auto found = required(Result<std::optional<int>>(std::unexpected(Error(broken, "Later.").with_cause("disk"))),
                              no_such_thing, "There is no such thing.");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), broken);
  EXPECT_EQ(found.error().cause(), "disk");
}

TEST(Required, MovesTheValueOut) {
  auto found = required(Result<std::optional<std::unique_ptr<int>>>(std::make_unique<int>(7)), no_such_thing, "No.");
  ASSERT_TRUE(found);
  EXPECT_EQ(**found, 7);
}

TEST(InvalidInput, NamesItsFaultsAndCountsThem) {
  const Error one = invalid_input("/role", "one_of", "is not the name of a role");
  EXPECT_EQ(one.code(), errors::invalid_input);
  EXPECT_EQ(one.message(), "The input has 1 fault.");
  EXPECT_EQ(one.faults(),
            std::vector<Fault>({{.path = "/role", .code = "one_of", .message = "is not the name of a role"}}));
  EXPECT_EQ(invalid_input({one.faults()[0], one.faults()[0]}).message(), "The input has 2 faults.");
}

}  // namespace
}  // namespace ashlar
