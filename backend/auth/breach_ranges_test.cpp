// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/breach_ranges.hpp"

#include "ashlar/async/task_scope.hpp"
#include "tests/support/scripted_server.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

namespace ashlar::backend {
namespace {

using namespace std::chrono_literals;
using auth::PasswordPolicy;
using auth::PasswordPolicyOptions;
using test::ScriptedServer;
using test::ServerPeer;

// SHA-1 of "four words of mine" begins with 6190F.
constexpr std::string_view leaked = "four words of mine";
constexpr std::string_view prefix = "6190F";
constexpr std::string_view rest = "9E8654175D17F9266E0698D8FE4DA5F2348";

class HttpBreachRangesTest : public testing::Test {
 protected:
  // What the policy says of the password with this server: a code, "" or an error's code.
  std::string check(const std::string& url, PasswordPolicyOptions options = {}) {
    HttpBreachRanges ranges(url);
    ranges.start({&loop_});
    const PasswordPolicy policy(options, &ranges);
    const auto found = async::run_to_end(loop_, policy.check_with_breaches(std::string(leaked), {}));
    ranges.close();
    if (!found) return std::string(found.error().code().name);
    return *found ? std::string((*found)->code) : "";
  }
  static PasswordPolicyOptions strict(std::chrono::milliseconds time_max = 10s) {
    return {.breach_time_max = time_max, .on_breach_failure = PasswordPolicyOptions::OnBreachFailure::refuse};
  }

  boost::asio::io_context loop_{1};
};

TEST_F(HttpBreachRangesTest, AsksForTheFirstFiveDigitsAndNothingElse) {
  std::mutex mutex;
  std::string request;
  const ScriptedServer server([&](ServerPeer& peer) {
    const std::scoped_lock lock(mutex);
    request = peer.read_request().value_or("");
    peer.write(test::response_with("0000000000000000000000000000000000A:0\r\n" + std::string(rest) + ":17\r\n"));
  });
  EXPECT_EQ(check(server.url("/range")), "breached_password");
  const std::scoped_lock lock(mutex);
  EXPECT_TRUE(request.starts_with("GET /range/" + std::string(prefix) + " HTTP/1.1\r\n")) << request;
  EXPECT_TRUE(request.contains("Add-Padding: true\r\n"));
  EXPECT_FALSE(request.contains(rest));
}

TEST_F(HttpBreachRangesTest, PassesWhatIsNotInTheRange) {
  const ScriptedServer other(test::answer_with(test::response_with("0000000000000000000000000000000000A:3\r\n")));
  EXPECT_EQ(check(other.url("/")), "");
  const ScriptedServer padding(test::answer_with(test::response_with(std::string(rest) + ":0\r\n")));
  EXPECT_EQ(check(padding.url("/")), "") << "a count of 0 is padding";
}

TEST_F(HttpBreachRangesTest, AcceptsThePasswordWhenTheServiceFailsUnlessToldOtherwise) {
  const ScriptedServer failing(test::answer_with("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_EQ(check(failing.url("/")), "");
  EXPECT_EQ(check(failing.url("/"), strict()), "auth.breaches_unavailable");
  const ScriptedServer nonsense(test::answer_once_with("nonsense\r\n\r\n"));
  EXPECT_EQ(check(nonsense.url("/")), "");
  const ScriptedServer huge(test::answer_once_with("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n"));
  EXPECT_EQ(check(huge.url("/"), strict()), "http_client.response_too_large");
}

TEST_F(HttpBreachRangesTest, WaitsForTheServiceNoLongerThanItsTime) {
  const ScriptedServer silent([](ServerPeer& peer) { peer.wait_for_close(); });
  EXPECT_EQ(check(silent.url("/"), {.breach_time_max = 50ms}), "");
  EXPECT_EQ(check(silent.url("/"), strict(50ms)), "server.deadline_exceeded");
}

TEST_F(HttpBreachRangesTest, AsksNobodyBeforeItStarts) {
  const HttpBreachRanges ranges("http://127.0.0.1:9/");
  const auto found = async::run_to_end(loop_, ranges.range("00000"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), errors::breaches_unavailable);
}

}  // namespace
}  // namespace ashlar::backend
