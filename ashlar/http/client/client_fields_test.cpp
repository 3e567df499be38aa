// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/client_fields.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace ashlar::http {
namespace {

using namespace std::string_view_literals;

TEST(ClientFields, RefusesWhatWouldBecomeAnotherField) {
  struct Case {
    std::string_view name, value;
  };
  for (const auto& [name, value] : std::vector<Case>{{"X-A", "a\r\nX-B: b"},
                                                     {"X-A", "a\rb"},
                                                     {"X-A", "a\nb"},
                                                     {"X-A", "a\0b"sv},
                                                     {"X-A", "\x7f"},
                                                     {"X-A", "\x01"},
                                                     {"X-A\r\nX-B", "b"},
                                                     {"X A", "b"},
                                                     {"X-A:", "b"},
                                                     {"", "b"},
                                                     {"X-A ", "b"},
                                                     {"X\0A"sv, "b"},
                                                     {"X-\xc3\xbc", "b"},
                                                     {"Host", "b"},
                                                     {"host", "b"},
                                                     {"Content-Length", "0"},
                                                     {"Transfer-Encoding", "chunked"},
                                                     {"Connection", "close"},
                                                     {"Upgrade", "h2c"},
                                                     {"TE", "trailers"},
                                                     {"Trailer", "X"},
                                                     {"Expect", "100-continue"},
                                                     {"Keep-Alive", "timeout=5"},
                                                     {"Proxy-Connection", "close"},
                                                     {"Proxy-Authorization", "Basic x"}}) {
    ClientFields fields;
    const auto added = fields.add(name, value);
    ASSERT_FALSE(added) << name;
    EXPECT_EQ(added.error().code().name, "http_client.invalid_request");
    EXPECT_TRUE(fields.all().empty());
    EXPECT_THROW(ClientFields({{name, value}}), std::invalid_argument);
  }
  ClientFields fields;
  EXPECT_FALSE(fields.add("Authorization", "Bearer secret\n").error().message().contains("secret"));
}

TEST(ClientFields, KeepsTheOthersInOrder) {
  ClientFields fields{{"Accept", "text/plain"}, {"X-A", " \t1 2\t"}, {"x-a", "\xc3\xbc"}, {"X-Empty", ""}};
  ASSERT_TRUE(fields.add("Authorization", "Bearer x"));
  ASSERT_EQ(fields.all().size(), 5U);
  EXPECT_EQ(fields.find("x-A"), "1 2");
  EXPECT_EQ(fields.find("x-empty"), "");
  fields.remove("X-a");
  EXPECT_EQ(fields.find("x-a"), std::nullopt);
  EXPECT_EQ(fields.all().back().value, "Bearer x");
}

}  // namespace
}  // namespace ashlar::http
