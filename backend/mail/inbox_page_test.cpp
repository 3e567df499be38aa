// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/inbox_page.hpp"

#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using testing::HasSubstr;
using testing::Not;

web::TestReply inbox(TestBackend& backend, const std::string& query) {
  return backend.client().get("/dev/mail" + query);
}

std::string policy_of(const web::TestReply& reply) {
  for (const auto& [name, value] : reply.headers)
    if (name == "Content-Security-Policy") return value;
  return "none";
}

TEST(InboxPage, IsAbsentInProduction) {
  TestBackend production([](backend::Settings& settings) { settings.stage = backend::Stage::production; });
  EXPECT_EQ(inbox(production, "").status, 404);
}

// A page of another site that points its own name at this machine reads nothing.
TEST(InboxPage, AnswersToThisMachinesNamesAlone) {
  for (const char* host :
       {"", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:3000", "evillocalhost"})
    EXPECT_FALSE(backend::is_local_authority(host)) << host;
  for (const char* host :
       {"localhost", "LOCALHOST:3000", "app.localhost", "127.0.0.1:3000", "192.168.1.2", "[::1]:3000"})
    EXPECT_TRUE(backend::is_local_authority(host)) << host;
}

TEST(InboxPage, ShowsMailsAndRunsNothing) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string id(backend.mails_to(ada.email).front().id.left());
  const auto list = inbox(backend, "");
  EXPECT_THAT(list.body, HasSubstr("/dev/mail?id=" + id));
  EXPECT_THAT(policy_of(list), HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy_of(list), Not(HasSubstr("unsafe")));
  EXPECT_THAT(inbox(backend, "?id=" + id).body, HasSubstr("#token="));
  const auto html = inbox(backend, "?html=" + id);
  EXPECT_THAT(html.body, HasSubstr("<!doctype html>"));
  EXPECT_THAT(policy_of(html), HasSubstr("sandbox"));
  EXPECT_THAT(policy_of(html), Not(HasSubstr("allow-scripts")));
  EXPECT_EQ(inbox(backend, "?id=nothing").status, 404);
}

}  // namespace
}  // namespace ashlar::test
