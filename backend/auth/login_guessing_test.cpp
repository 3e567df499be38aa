// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/client.hpp"
#include "ashlar/async/task_scope.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

namespace ashlar::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* route = "/api/auth/login";

std::string login_of(const std::string& email, const std::string& password) {
  return R"({"email": ")" + email + R"(", "password": ")" + password + R"("})";
}
const std::string right = login_of("ada@example.com", TestBackend::password);
const std::string wrong = login_of("ada@example.com", "a wrong password");

void few_guesses(backend::Settings& settings) {
  settings.guessing = {.failures_per_account_max = 10, .failures_per_device_max = 6};
}

std::string header(const web::TestReply& reply, std::string_view name) {
  const auto found = std::ranges::find_if(reply.headers, [&](const auto& each) { return each.first == name; });
  return found == reply.headers.end() ? "" : found->second;
}

std::string device_cookie(const web::TestReply& reply) {
  for (const auto& [name, value] : reply.headers)
    if (name == "Set-Cookie" && value.starts_with("deviceToken=")) return value;
  return {};
}

web::TestReply sign_in_with(TestBackend& backend, const std::string& cookie, const std::string& body) {
  return backend.client().send({http::Method::post, route, {{"Cookie", cookie.substr(0, cookie.find(';'))}}, body});
}

// Until it is refused; how many were not.
int guess_until_refused(TestBackend& backend, const std::string& cookie, const std::string& body) {
  int made = 0;
  while (made < 1000 && sign_in_with(backend, cookie, body).status == 401) ++made;
  return made;
}

TEST(LoginGuessing, IsBoundedByTheAccountFromTenThousandAddresses) {
  TestBackend backend([](backend::Settings& settings) {
    settings.guessing = {.failures_per_account_max = 100, .failures_per_device_max = 20};
  });
  const Person ada = backend.person("ada");
  const std::string device = device_cookie(backend.client().post(route, right));
  ASSERT_NE(device, "");

  std::map<int, int> answers;
  for (int i = 0; i < 10'000; ++i) {
    backend.client().use_peer_address("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250));
    ++answers[backend.client().post(route, wrong).status];
  }
  EXPECT_EQ(answers[401], 50) << "half of the bound at once";
  EXPECT_EQ(answers[429], 9'950);

  const auto refused = backend.client().post(route, right);
  EXPECT_EQ(refused.status, 429) << "the right one as well: nothing is verified";
  EXPECT_EQ(refused.at("/code"), "auth.too_many_guesses");
  EXPECT_EQ(header(refused, "Retry-After"), "1728");

  const auto owner = sign_in_with(backend, device, right);
  EXPECT_EQ(owner.status, 200) << owner.body;
  EXPECT_EQ(sign_in_with(backend, device, wrong).status, 401);
  EXPECT_EQ(backend.client().post(route, right).status, 429) << "the owner's sign-in gives others no guesses";
  EXPECT_EQ(backend.as(ada, http::Method::get, "/api/users/me").status, 200);
}

TEST(LoginGuessing, IsRefusedAlikeForAnAddressWithoutAnAccount) {
  TestBackend backend(few_guesses);
  (void)backend.person("ada");
  const std::string unknown = login_of("eve@example.com", "a wrong password");
  EXPECT_EQ(guess_until_refused(backend, "", wrong), 5);
  EXPECT_EQ(guess_until_refused(backend, "", unknown), 5);
  const auto of_account = backend.client().post(route, wrong);
  const auto of_nobody = backend.client().post(route, login_of("EVE@example.com", "a wrong password"));
  EXPECT_EQ(of_account.status, of_nobody.status);
  for (const char* member : {"/code", "/detail", "/title"}) EXPECT_EQ(of_account.at(member), of_nobody.at(member));
  EXPECT_EQ(header(of_account, "Retry-After"), header(of_nobody, "Retry-After"));
}

TEST(LoginGuessing, IsBoundedWithGuessesAtOnce) {
  TestBackend backend(few_guesses);
  (void)backend.person("ada");
  const auto statuses =
      backend.at_once(12, {.method = http::Method::post, .target = route, .headers = {}, .body = wrong});
  EXPECT_EQ(std::ranges::count(statuses, 401), 5);
  EXPECT_EQ(std::ranges::count(statuses, 429), 7);
}

TEST(LoginGuessing, IsBoundedForEachKnownDevice) {
  TestBackend backend(few_guesses);
  (void)backend.person("ada");
  const std::string laptop = device_cookie(backend.client().post(route, right));
  const std::string phone = device_cookie(backend.client().post(route, right));
  ASSERT_NE(laptop, phone);
  EXPECT_EQ(guess_until_refused(backend, laptop, wrong), 3);
  EXPECT_EQ(sign_in_with(backend, laptop, right).status, 429);
  EXPECT_EQ(sign_in_with(backend, phone, right).status, 200);
  EXPECT_EQ(backend.client().post(route, right).status, 200) << "nor have others lost a guess";
  backend.clock().advance(8h);
  EXPECT_EQ(sign_in_with(backend, laptop, right).status, 200);
}

TEST(LoginGuessing, TakesNoDeviceOfAnotherAccountNorAForgedOrOldOne) {
  TestBackend backend([](backend::Settings& settings) {
    few_guesses(settings);
    settings.device_lifetime = 24h;
  });
  (void)backend.person("ada");
  (void)backend.person("eve");
  const std::string ada = device_cookie(backend.client().post(route, right));
  const std::string eve =
      device_cookie(backend.client().post(route, login_of("eve@example.com", TestBackend::password)));
  EXPECT_EQ(guess_until_refused(backend, eve, wrong), 5) << "as from a device that is not known";
  for (const std::string& cookie : {eve, std::string("deviceToken=none"), ada.substr(0, ada.find(';') - 1),
                                    "deviceToken=" + std::string(3000, 'x')})
    EXPECT_EQ(sign_in_with(backend, cookie, right).status, 429) << cookie;
  EXPECT_EQ(sign_in_with(backend, ada, right).status, 200);
  backend.clock().advance(24h);
  EXPECT_EQ(guess_until_refused(backend, ada, wrong), 5) << "it has ended";
}

TEST(LoginGuessing, KeepsTheDeviceInACookieThatScriptsCannotReadAndLogoutLeaves) {
  TestBackend backend;
  auto& cookies = backend.client().keep_cookies(backend.clock());
  const auto made = backend.client().post(
      "/api/auth/register", R"({"name": "Ada", "email": "ada@example.com", "password": "a long password"})");
  EXPECT_THAT(device_cookie(made), AllOf(HasSubstr("; Path=/api/auth"), HasSubstr("; Max-Age=15552000"),
                                         HasSubstr("; HttpOnly"), HasSubstr("; SameSite=Strict")));
  EXPECT_EQ("deviceToken=" + made.at("/data/deviceToken"),
            device_cookie(made).substr(0, device_cookie(made).find(';')));
  const auto kept = cookies.find("deviceToken");
  ASSERT_TRUE(kept);
  const auto refreshed = backend.client().post("/api/auth/refresh", "{}");
  EXPECT_EQ(refreshed.status, 200) << refreshed.body;
  EXPECT_THAT(refreshed.body, Not(HasSubstr("deviceToken")));
  EXPECT_EQ(backend.client().post("/api/auth/logout", "{}").status, 204);
  EXPECT_EQ(cookies.find("deviceToken"), kept);
  EXPECT_FALSE(cookies.find("refreshToken"));
}

// GraphQL, gRPC and WebSocket have no cookies: the token is a member of the input and of the reply.
TEST(LoginGuessing, TakesTheDeviceAsAMemberOfACallOfAnyTransport) {
  TestBackend backend(few_guesses);
  (void)backend.person("ada");
  const api::Client client(backend.application().app().api());
  const auto call = [&](const std::string& body) {
    return async::run_to_end(backend.client().loop(), client.call("login", body, {}));
  };
  const auto signed_in = call(right);
  ASSERT_TRUE(signed_in);
  ASSERT_TRUE(signed_in->credentials->device);
  const std::string& token = signed_in->credentials->device->token;
  EXPECT_THAT(signed_in->json, HasSubstr("\"deviceToken\":\"" + token + '"'));
  EXPECT_EQ(guess_until_refused(backend, "", wrong), 5);
  EXPECT_EQ(call(right).error().code().name, "auth.too_many_guesses");
  std::string with_device = right;
  with_device.replace(with_device.size() - 1, 1, R"(, "deviceToken": ")" + token + "\"}");
  EXPECT_TRUE(call(with_device));
}

TEST(LoginGuessing, LogsThatABoundIsReachedOnce) {
  const TemporaryFolder folder;
  const std::string file = folder / "log";
  std::string ada;
  {
    log::LogOptions log;
    log.level = log::Level::fatal;
    log.console = log::LogOptions::Console::none;
    log.file = file;
    TestBackend backend(few_guesses, prepared_database_url(), log);
    ada = backend.person("ada").id;
    for (int i = 0; i < 8; ++i) (void)backend.client().post(route, wrong);
    for (int i = 0; i < 8; ++i) (void)backend.client().post(route, login_of("eve@example.com", "a wrong password"));
  }
  std::ifstream in(file);
  std::vector<std::string> events;
  for (std::string line; std::getline(in, line);)
    if (line.contains("guessing bound reached")) events.push_back(line);
  EXPECT_THAT(events, testing::SizeIs(2));
  EXPECT_THAT(events, testing::Contains(AllOf(HasSubstr(R"("channel":"security")"), HasSubstr(ada),
                                              HasSubstr(R"("guessed":"password")"), HasSubstr("127.0.0.1"))));
  EXPECT_THAT(events, testing::Each(Not(HasSubstr("eve@example.com"))));
}

}  // namespace
}  // namespace ashlar::test
