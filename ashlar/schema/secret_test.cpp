// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/secret.hpp"

#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/schema/json_schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <concepts>
#include <ostream>
#include <string>
#include <type_traits>
#include <vector>

namespace ashlar {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Code = Secret<Text<6, 6>>;

// What a log's attribute, a message, a stream and a comparison take.
static_assert(!std::is_convertible_v<Code, std::string_view>);
static_assert(!std::is_convertible_v<Code, std::string>);
static_assert(!std::is_constructible_v<std::string, Code>);
static_assert(!std::is_constructible_v<std::string_view, Code>);
static_assert(!std::equality_comparable<Code>);
static_assert(!std::is_convertible_v<Password, std::string_view>);
template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };
static_assert(!Streamable<Code>);

struct SignIn {
  Email email;
  Secret<Text<8, 128>> password;
  std::optional<Code> code;
};
ASHLAR_DESCRIBE(SignIn, email, password, code)

TEST(Secret, IsRefusedAsItsTypeIsWithoutShowingItsValue) {
  struct Case {
    std::string_view json, path, code;
  };
  for (const Case& c : {
           Case{R"({"email":"a@b.de","password":"hunter2"})", "/password", "too_short"},
           Case{R"({"email":"a@b.de","password":"hunter2\u0000"})", "/password", "text"},
           Case{R"({"email":"a@b.de","password":null})", "/password", "null"},
           Case{R"({"email":"a@b.de","password":["hunter2 hunter2"]})", "/password", "type"},
           Case{R"({"email":"a@b.de"})", "/password", "required"},
           Case{R"({"email":"a@b.de","password":"hunter2 hunter2","code":"hunter2"})", "/code", "too_long"},
       }) {
    const auto read = schema::read_json<SignIn>(c.json);
    ASSERT_FALSE(read) << c.json;
    ASSERT_EQ(read.error().faults().size(), 1U) << c.json;
    EXPECT_EQ(read.error().faults()[0].path, c.path) << c.json;
    EXPECT_EQ(read.error().faults()[0].code, c.code) << c.json;
    EXPECT_THAT(read.error().message() + read.error().cause() + read.error().faults()[0].message,
                Not(HasSubstr("hunter2")));
  }
}

TEST(Secret, IsReadFromJsonAndFromText) {
  const auto read = schema::read_json<SignIn>(R"({"email":"a@b.de","password":"hunter2 hunter2","code":"123456"})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->password.reveal().str(), "hunter2 hunter2");
  EXPECT_EQ(read->code->reveal().str(), "123456");

  Code code;
  EXPECT_EQ(schema::read_text("12345", schema::type_of<Code>(), &code)->code, "too_short");
  EXPECT_EQ(schema::read_text("654321", schema::type_of<Code>(), &code), std::nullopt);
  EXPECT_EQ(code.reveal().str(), "654321");
}

TEST(Secret, IsNeverWritten) {
  const SignIn in{.email = Email::of("a@b.de"), .password = {}, .code = Code::of("123456")};
  EXPECT_EQ(schema::to_json(in), R"({"email":"a@b.de"})");
  EXPECT_EQ(schema::to_json(std::vector{Code::of("123456")}), "[null]");
  EXPECT_EQ(schema::to_json(Code::of("123456")), "null");
  EXPECT_EQ(schema::to_json(Nullable(Code::of("123456"))), "null");
  const schema::Access& access = schema::type_of<Code>().access;
  EXPECT_EQ(access.append_text, nullptr);
  EXPECT_EQ(access.view_text, nullptr);
  EXPECT_EQ(access.put_text, nullptr);
}

TEST(Secret, IsAWriteOnlyPasswordInASchemaAndNotInReplies) {
  schema::JsonSchemas schemas("#/");
  std::string input, output;
  schemas.append(schema::type_of<SignIn>(), schema::JsonSchemas::Use::input, input);
  schemas.append(schema::type_of<SignIn>(), schema::JsonSchemas::Use::output, output);
  EXPECT_THAT(
      schemas.definitions().at("SignIn"),
      HasSubstr(R"("password":{"type":"string","format":"password","minLength":8,"maxLength":128,"writeOnly":true})"));
  EXPECT_THAT(schemas.definitions().at("SignInOutput"), Not(HasSubstr("password")));
  EXPECT_THAT(schemas.definitions().at("SignInOutput"), Not(HasSubstr("code")));
}

TEST(Secret, HasAnExampleWithinItsBounds) {
  std::string example;
  schema::append_example(schema::type_of<SignIn>(), example);
  EXPECT_TRUE(schema::read_json<SignIn>(example)) << example;
}

}  // namespace
}  // namespace ashlar
