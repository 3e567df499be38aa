// SPDX-License-Identifier: Apache-2.0
#include "ashlar/config/detail/dot_env.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

namespace ashlar::config::detail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(DotEnv, RefusesWhatItCannotReadAndNamesTheLineOnly) {
  struct Case {
    std::string_view text;
    std::size_t line;
    std::string_view says;
  };
  for (const Case& c : {
           Case{"hunter2", 1, "NAME=value"},
           Case{"A=1\n\nhunter2\n", 3, "NAME=value"},
           Case{"=hunter2", 1, "NAME=value"},
           Case{"1A=hunter2", 1, "NAME=value"},
           Case{"A-B=hunter2", 1, "NAME=value"},
           Case{"A B=hunter2", 1, "NAME=value"},
           Case{"export A", 1, "NAME=value"},
           Case{"A='hunter2", 1, "never closed"},
           Case{"A=\"hunter2\nB=1\n", 1, "never closed"},
           Case{"A=\"hunter2\\", 1, "after a backslash"},
           Case{"A=\"hunter2\\x\"", 1, "after a backslash"},
           Case{"A='x'hunter2", 1, "after the closing quote"},
           Case{"A=1\r\nB=2\r\nA=hunter2\r\n", 3, "A is set a second time"},
           Case{std::string_view("A=hunter2\0", 10), 1, "NUL"},
       }) {
    const DotEnv out = parse_dot_env(c.text);
    ASSERT_EQ(out.faults.size(), 1U) << c.text;
    EXPECT_EQ(out.faults[0].line, c.line) << c.text;
    EXPECT_THAT(out.faults[0].message, HasSubstr(c.says));
    EXPECT_THAT(out.faults[0].message, Not(HasSubstr("hunter2")));
  }
}

TEST(DotEnv, ReadsOnAfterAFault) {
  const DotEnv out = parse_dot_env("nonsense\nA=1\n'nonsense'\nB=2");
  EXPECT_EQ(out.faults.size(), 2U);
  EXPECT_EQ(out.variables, (std::map<std::string, std::string>{{"A", "1"}, {"B", "2"}}));
}

TEST(DotEnv, ReadsValues) {
  struct Case {
    std::string_view text, expected;
  };
  for (const Case& c : {
           Case{"A=", ""},
           Case{"A=1", "1"},
           Case{"  A  =  1 2  ", "1 2"},
           Case{"\xef\xbb\xbf"
                "A=1\r\n",
                "1"},
           Case{"export A=1", "1"},
           Case{"A=a=b==", "a=b=="},
           Case{"A=1 # a comment", "1"},
           Case{"A=a#b", "a#b"},
           Case{"A=#b", ""},
           Case{"# A=2\n\n\tA=1", "1"},
           Case{"A='1 # \"$x\\n'", "1 # \"$x\\n"},
           Case{R"(A="a\n\t\"\\\$b" # c)", "a\n\t\"\\$b"},
           Case{"A=\"one\ntwo\"", "one\ntwo"},
           Case{"A=''", ""},
           Case{"A=$HOME/x", "$HOME/x"},
           Case{"A=it's", "it's"},
       }) {
    const DotEnv out = parse_dot_env(c.text);
    EXPECT_TRUE(out.faults.empty()) << c.text;
    ASSERT_TRUE(out.variables.contains("A")) << c.text;
    EXPECT_EQ(out.variables.at("A"), c.expected) << c.text;
  }
}

TEST(DotEnv, CountsTheLinesOfValuesOverSeveral) {
  const DotEnv out = parse_dot_env("A=\"1\n2\n3\"\nwrong");
  ASSERT_EQ(out.faults.size(), 1U);
  EXPECT_EQ(out.faults[0].line, 4U);
}

TEST(DotEnv, TakesAVariableThatIsCalledExport) { EXPECT_EQ(parse_dot_env("export=1").variables.at("export"), "1"); }

}  // namespace
}  // namespace ashlar::config::detail
