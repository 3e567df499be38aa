// SPDX-License-Identifier: Apache-2.0
#include "ashlar/grpc/field_numbers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar::grpc {
namespace {

using testing::HasSubstr;

TEST(FieldNumbers, RefuseTextsOfAnotherForm) {
  for (const char* text :
       {"1 id\n", "message User\n  0 id\n", "message User\n  id 1\n", "message User\n  1\n", "message User\n  1 a-b\n",
        "message User\n  536870912 id\n", "message User\n  1 id\n  1 email\n", "message User\n  1 id\n  2 id\n",
        "message User\n  1 id\nmessage User\n", "message \n", "messages User\n"})
    EXPECT_THROW(FieldNumbers{text}, std::invalid_argument) << text;
  try {
    FieldNumbers("message User\n  1 id\n  1 email\n");
  } catch (const std::invalid_argument& wrong) {
    EXPECT_THAT(wrong.what(), HasSubstr("line 3"));
  }
}

TEST(FieldNumbers, GiveANewFieldTheNextNumber) {
  FieldNumbers numbers("message User\n  1 id\n  5 email\n");
  EXPECT_EQ(numbers.number("User", "id"), 1U);
  EXPECT_EQ(numbers.number("User", "name"), 6U);
  EXPECT_EQ(numbers.number("User", "name"), 6U);
  EXPECT_EQ(numbers.number("Post", "id"), 1U);
}

TEST(FieldNumbers, SkipThoseOfProtobuf) {
  FieldNumbers numbers("message User\n  18999 id\n");
  EXPECT_EQ(numbers.number("User", "name"), 20'000U);
}

TEST(FieldNumbers, ReserveWhatNoLongerExists) {
  FieldNumbers numbers("# a comment\n\nmessage Post\n  1 id\nmessage User\n  1 id\n  2 email\n  reserved 3 nickname\n");
  numbers.begin("User");
  EXPECT_EQ(numbers.number("User", "id"), 1U);
  EXPECT_EQ(numbers.number("User", "name"), 4U);
  EXPECT_THAT(
      numbers.to_string(),
      HasSubstr(
          "\nmessage Post\n  1 id\n\nmessage User\n  1 id\n  reserved 2 email\n  reserved 3 nickname\n  4 name\n"));
  EXPECT_EQ(numbers.reserved("User").names, (std::set<std::string>{"email", "nickname"}));
  EXPECT_EQ(numbers.reserved("User").numbers, (std::set<std::uint32_t>{2, 3}));
  EXPECT_EQ(numbers.number("User", "nickname"), 3U);
  EXPECT_EQ(FieldNumbers(numbers.to_string()).to_string(), numbers.to_string());
}

}  // namespace
}  // namespace ashlar::grpc
