// SPDX-License-Identifier: Apache-2.0
#include "ashlar/config/environment.hpp"

#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>

namespace ashlar::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace std::chrono_literals;

constexpr std::array<std::string_view, 2> colours{"red", "green"};
constexpr std::array<std::string_view, 2> schemes{"sqlite", "postgresql"};

struct Reader {
  std::string_view name;
  std::function<void(Environment&)> read;
};
const Reader a_text{"text", [](Environment& e) { EXPECT_EQ(e.text("V", "fallback", 8), "fallback"); }};
const Reader a_secret{
    "secret", [](Environment& e) { EXPECT_EQ(e.secret("V", {.bytes_min = 8, .need = Need::optional}), std::nullopt); }};
const Reader an_integer{"integer", [](Environment& e) { EXPECT_EQ(e.integer("V", 7, -5, 10), 7); }};
const Reader a_port{"port", [](Environment& e) { EXPECT_EQ(e.port("V", 3000), 3000); }};
const Reader a_duration{"duration", [](Environment& e) { EXPECT_EQ(e.duration("V", 5s, 1s, 24h), 5s); }};
const Reader a_choice{"one_of", [](Environment& e) { EXPECT_EQ(e.one_of("V", "red", colours), "red"); }};
const Reader a_url{"url", [](Environment& e) { EXPECT_EQ(e.url("V", "sqlite:x", schemes), "sqlite:x"); }};

TEST(Environment, RefusesAndSaysWhatWasExpectedAndFound) {
  struct Case {
    const Reader& reader;
    std::string_view value, message;
  };
  for (const Case& c : {
           Case{a_text, "123456789", "expected at most 8 bytes, found 9"},
           Case{a_text, "\xff", "expected UTF-8, found \"?\""},
           Case{a_secret, "hunter2", "expected a secret of at least 8 bytes, found a shorter one"},
           Case{an_integer, "80a", "expected a whole number from -5 to 10, found \"80a\""},
           Case{an_integer, "11", "expected a whole number from -5 to 10, found \"11\""},
           Case{an_integer, "-6", "expected a whole number from -5 to 10, found \"-6\""},
           Case{an_integer, "+1", "expected a whole number from -5 to 10, found \"+1\""},
           Case{an_integer, " 1", "expected a whole number from -5 to 10, found \" 1\""},
           Case{an_integer, "1.0", "expected a whole number from -5 to 10, found \"1.0\""},
           Case{an_integer, "0x1", "expected a whole number from -5 to 10, found \"0x1\""},
           Case{an_integer, "9223372036854775808",
                "expected a whole number from -5 to 10, found \"9223372036854775808\""},
           Case{a_port, "65536", "expected a whole number from 0 to 65535, found \"65536\""},
           Case{a_port, "-1", "expected a whole number from 0 to 65535, found \"-1\""},
           Case{a_choice, "blue", "expected red or green, found \"blue\""},
           Case{a_choice, "Red", "expected red or green, found \"Red\""},
           Case{a_choice, "a\nb\x1b", "expected red or green, found \"a?b?\""},
       }) {
    Environment env({{"V", std::string(c.value)}});
    c.reader.read(env);
    ASSERT_EQ(env.faults().size(), 1U) << c.reader.name << " " << c.value;
    EXPECT_EQ(env.faults()[0].variable, "V");
    EXPECT_EQ(env.faults()[0].message, c.message);
  }
}

TEST(Environment, RefusesDurationsWithoutAUnitOrOutOfRange) {
  for (const std::string value : {"15", "15 m", "m", "-1s", "1.5h", "15M", "1h30m", "1w", "999ms", "25h", "2d",
                                  "99999999999999999d", "106751991168d", "15sec"}) {
    Environment env({{"V", value}});
    a_duration.read(env);
    EXPECT_EQ(
        env.report(),
        "V: expected a duration from 1s to 1d, a whole number followed by ms, s, m, h or d, found \"" + value + "\"\n");
  }
}

TEST(Environment, RefusesUrlsAndHidesTheirSecrets) {
  struct Case {
    std::string_view value, message;
  };
  constexpr std::string_view begins = "expected a URL that begins with sqlite: or postgresql:, found ";
  for (const Case& c : {
           Case{"data.db", "\"data.db\""},
           Case{"mysql://bob:hunter2@host/db", "\"mysql://***@host/db\""},
           Case{"mysql://bob:hunt@er2@host/db?sslpassword=hunter2", "\"mysql://***@host/db?***\""},
           Case{"mysql://bob:a?hunter2#@host", "\"mysql://***@host\""},
           Case{"bob:hunter2@host", "\"bob:***@host\""},
           Case{"mysql:x?password=hunter2", "\"mysql:x?***\""},
       }) {
    Environment env({{"V", std::string(c.value)}});
    a_url.read(env);
    EXPECT_EQ(env.report(), "V: " + std::string(begins) + std::string(c.message) + "\n");
  }
  for (const std::string_view value :
       {"sqlite:", "postgresql://bob:hunter2@host:port/db", "postgresql://bob:hunter2@host:0/db",
        "postgresql://host:65536/db", "postgresql://bob:hunter2", "postgresql://:1/db", "postgresql://[::1/db",
        "postgresql://[::1]x/db", "postgresql://bob:hun ter2@host/db", "postgresql://bob:hunter2@host/d\nb",
        "postgresql://host:/db", "postgresql://bob:hunter2@a:1,b:x/db", "postgresql://a:1,:2/db",
        "postgresql://[1:2:3:4:5:6:7::8]/db", "postgresql://[1:2:3:4:5:6:7:8::]:1/db", "postgresql://a:1b/db",
        "postgresql://ho%st/db", "postgresql://host:099999/db"}) {
    Environment env({{"V", std::string(value)}});
    a_url.read(env);
    EXPECT_EQ(env.faults().size(), 1U) << value;
    EXPECT_THAT(env.report(), Not(HasSubstr("hun"))) << value;
  }
}

TEST(Environment, TakesAnEmptyValueForAnAbsentOne) {
  for (const auto& variables : {std::map<std::string, std::string>{}, std::map<std::string, std::string>{{"V", ""}}}) {
    Environment env(variables);
    for (const Reader& reader : {a_text, a_secret, an_integer, a_port, a_duration, a_choice, a_url}) reader.read(env);
    EXPECT_THAT(env.list("V"), IsEmpty());
    EXPECT_EQ(env.raw("V"), std::nullopt);
    EXPECT_THAT(env.faults(), IsEmpty());
    EXPECT_EQ(env.secret("V", {.bytes_min = 32, .need = Need::required}), std::nullopt);
    EXPECT_EQ(env.report(), "V: expected a secret of at least 32 bytes, found nothing\n");
  }
}

TEST(Environment, NamesEveryFaultAtOnce) {
  Environment env({{"PORT", "x"}, {"TTL", "15"}});
  EXPECT_EQ(env.port("PORT", 1), 1);
  EXPECT_EQ(env.duration("TTL", 1s, 1s, 1h), 1s);
  env.fault("BOTH", "expected one of A and B");
  EXPECT_EQ(env.faults().size(), 3U);
  EXPECT_THAT(env.report(), HasSubstr("BOTH: expected one of A and B\n"));
}

TEST(Environment, ReadsEachType) {
  Environment env({{"TEXT", "Z\xc3\xbcrich"},
                   {"SECRET", "correct horse"},
                   {"INT", "-5"},
                   {"PORT", "0"},
                   {"LIST", " a, b c,,d ,"},
                   {"COLOUR", "green"},
                   {"SQLITE", "sqlite:data/ashlar.db"},
                   {"PG", "PostgreSQL://bob:x@[::1]:5432/db?sslmode=require"},
                   {"PG_SEVERAL", "postgresql://bob:x@a:1,[::1]:2,c/db"},
                   {"PG_SOCKET", "postgresql://%2Frun%2Fpostgresql/db"},
                   {"PG_LOCAL", "postgresql:///db"}});
  EXPECT_EQ(env.text("TEXT", ""), "Z\xc3\xbcrich");
  EXPECT_EQ(env.secret("SECRET", {.bytes_min = 8}), "correct horse");
  EXPECT_EQ(env.integer("INT", 0, -5, 5), -5);
  EXPECT_EQ(env.port("PORT", 3000), 0);
  EXPECT_THAT(env.list("LIST"), ElementsAre("a", "b c", "d"));
  EXPECT_EQ(env.one_of("COLOUR", "red", colours), "green");
  EXPECT_EQ(env.url("SQLITE", "", schemes), "sqlite:data/ashlar.db");
  EXPECT_EQ(env.url("PG", "", schemes), "PostgreSQL://bob:x@[::1]:5432/db?sslmode=require");
  EXPECT_EQ(env.url("PG_SEVERAL", "", schemes), "postgresql://bob:x@a:1,[::1]:2,c/db");
  EXPECT_EQ(env.url("PG_SOCKET", "", schemes), "postgresql://%2Frun%2Fpostgresql/db");
  EXPECT_EQ(env.url("PG_LOCAL", "", schemes), "postgresql:///db");
  EXPECT_EQ(env.raw("INT"), "-5");
  EXPECT_EQ(env.report(), "");
}

TEST(Environment, ReadsDurations) {
  Environment env({{"A", "250ms"}, {"B", "90s"}, {"C", "15m"}, {"D", "12h"}, {"E", "7d"}, {"F", "0s"}});
  const auto read = [&env](std::string_view name) { return env.duration(name, 1ms, 0ms, 24h * 365); };
  EXPECT_EQ(read("A"), 250ms);
  EXPECT_EQ(read("B"), 90s);
  EXPECT_EQ(read("C"), 15min);
  EXPECT_EQ(read("D"), 12h);
  EXPECT_EQ(read("E"), 7 * 24h);
  EXPECT_EQ(read("F"), 0ms);
  EXPECT_EQ(env.report(), "");
}

class DotEnvFileTest : public ::testing::Test {
 protected:
  test::TemporaryFolder folder_;
};

TEST(EnvironmentNames, AreThoseThatBeginAndEndSo) {
  const Environment env(
      {{"A_B_Z", "1"}, {"A_Z", "1"}, {"A_C_Z", "1"}, {"A_EMPTY_Z", ""}, {"B_B_Z", "1"}, {"A_B_Y", "1"}});
  EXPECT_EQ(env.names("A_", "_Z"), (std::vector<std::string>{"A_B_Z", "A_C_Z"}));
}

TEST_F(DotEnvFileTest, AnAbsentOneIsFine) {
  EXPECT_EQ(Environment::of_process((folder_ / ".env").string()).report(), "");
}

TEST_F(DotEnvFileTest, AFolderOrAHugeFileIsAFault) {
  EXPECT_THAT(Environment::of_process(folder_.path().string()).report(), HasSubstr("is a folder, expected a file"));
  std::ofstream(folder_ / "huge") << std::string(1024 * 1024 + 1, '\n');
  EXPECT_THAT(Environment::of_process((folder_ / "huge").string()).report(), HasSubstr("is longer than 1048576 bytes"));
}

TEST_F(DotEnvFileTest, TheProcessWins) {
  const std::string file = (folder_ / ".env").string();
  std::ofstream(file) << "ASHLAR_TEST_ONLY_FILE=file\nASHLAR_TEST_BOTH=file\nwrong\n";
  ASSERT_EQ(setenv("ASHLAR_TEST_BOTH", "process=1", 1), 0);
  Environment env = Environment::of_process(file);
  unsetenv("ASHLAR_TEST_BOTH");
  EXPECT_EQ(env.raw("ASHLAR_TEST_ONLY_FILE"), "file");
  EXPECT_EQ(env.raw("ASHLAR_TEST_BOTH"), "process=1");
  EXPECT_EQ(env.report(), file + " line 3: expected NAME=value, where a name is of letters, digits and _\n");
}

}  // namespace
}  // namespace ashlar::config
