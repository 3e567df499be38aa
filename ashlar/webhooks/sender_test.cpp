// SPDX-License-Identifier: Apache-2.0
#include "ashlar/webhooks/sender.hpp"

#include "ashlar/async/task_scope.hpp"
#include "tests/support/scripted_server.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace ashlar::webhooks {
namespace {

using namespace std::chrono_literals;
using Kind = AttemptOutcome::Kind;
using test::ScriptedServer;

// Answers each name with the next of its addresses, the last one again and again.
class ListedAddresses final : public http::Resolver {
 public:
  explicit ListedAddresses(std::vector<std::vector<const char*>> answers) : answers_(std::move(answers)) {}
  Task<Result<std::vector<IpAddress>>> resolve(std::string) override {
    const std::size_t at = std::min(asked_++, answers_.size() - 1);
    std::vector<IpAddress> out;
    for (const char* text : answers_[at]) out.push_back(IpAddress::parse(text).value());
    co_return out;
  }

 private:
  std::vector<std::vector<const char*>> answers_;
  std::size_t asked_ = 0;
};

http::EgressPolicy allowing(const std::vector<std::string>& entries) {
  return http::EgressPolicy::parse(entries).value();
}

class SenderTest : public testing::Test {
 protected:
  ~SenderTest() override {
    if (sender) sender->close();
  }
  Sender& open(SenderOptions options) {
    sender = std::make_unique<Sender>(std::move(options), clock);
    sender->start({&loop});
    return *sender;
  }
  // To a server of the test's, which the policy lists.
  AttemptOutcome send_to(const ScriptedServer& server, const std::string& path = "/hook",
                         std::chrono::milliseconds time_max = 10s) {
    open({.attempt_time_max = time_max, .egress = allowing({server.authority()}), .response_bytes_max = 1'000});
    return send(server.url(path));
  }
  AttemptOutcome send(std::string url) {
    return async::run_to_end(loop,
                             sender->send({.url = std::move(url), .id = "msg_1", .body = R"({"a":1})", .keys = {key}}));
  }

  boost::asio::io_context loop{1};
  ManualClock clock{Timestamp::from_milliseconds(1'800'000'000'500)};
  SeededRandom random{9};
  SigningKey key = SigningKey::generate(SignatureScheme::v1, random);
  std::unique_ptr<Sender> sender;
};

TEST_F(SenderTest, RefusesUrlsThatEndpointsMustNotHave) {
  const auto& strict = open({.egress = allowing({"hooks.internal", "10.1.2.3:8443"})});
  for (const char* url :
       {"", "example.com", "ftp://example.com/", "http://example.com/", "https://user:pass@example.com/",
        "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data", "https://10.1.2.3/", "https://10.1.2.4:8443/", "https://[fd00::1]/",
        "https://0.0.0.0/", "https://[64:ff9b::7f00:1]/", "http://other.internal/", "https://exa mple.com/",
        "https://"})
    EXPECT_EQ(strict.check_url(url).error().code(), errors::url_refused) << url;
  for (const char* url : {"https://example.com/", "https://example.com:8443/a?b=c", "http://hooks.internal/",
                          "https://10.1.2.3:8443/", "https://1.1.1.1/"})
    EXPECT_TRUE(strict.check_url(url)) << url;
  Sender development({.plain_http = SenderOptions::PlainHttp::allowed}, clock);
  EXPECT_TRUE(development.check_url("http://example.com/"));
  EXPECT_FALSE(development.check_url("http://127.0.0.1/"));
}

// Server-side request forgery: each would reach the server if one check were missing.
TEST_F(SenderTest, ConnectsToNoPrivateAddressWhateverTheNameResolvesTo) {
  const ScriptedServer server(test::answer_with(test::response_with("")));
  const std::string port = ":" + std::to_string(server.port());
  const std::vector<std::vector<std::vector<const char*>>> rows = {
      {{"127.0.0.1"}},       {{"127.0.0.1", "127.0.0.2"}}, {{"::1"}},     {{"::ffff:127.0.0.1"}},      {{"10.0.0.1"}},
      {{"169.254.169.254"}}, {{"fd00:ec2::254"}},          {{"0.0.0.0"}}, {{"192.0.2.1", "127.0.0.1"}}};
  for (const auto& answers : rows) {
    ListedAddresses resolver(answers);
    open({.attempt_time_max = 10s, .plain_http = SenderOptions::PlainHttp::allowed, .resolver = &resolver});
    for (int i = 0; i < 3; ++i) {
      const auto outcome = send("http://hooks.test" + port + "/");
      EXPECT_NE(outcome.kind, Kind::delivered) << answers[0][0];
      EXPECT_EQ(outcome.status, 0) << answers[0][0];
    }
    sender->close();
  }
  EXPECT_EQ(server.accepted(), 0);
}

// The first look-up is allowed, the next leads inside: each attempt dials the address that its own look-up gave.
TEST_F(SenderTest, IsNotFooledByANameThatIsReboundBetweenAttempts) {
  const ScriptedServer allowed(test::answer_once_with(test::response_with("")));
  ListedAddresses resolver({{"127.0.0.1"}, {"127.0.0.2"}});
  const ScriptedServer inside(test::answer_with(test::response_with("")),
                              {.address = "127.0.0.2", .port = allowed.port()});
  open({.attempt_time_max = 10s,
        .egress = allowing({"127.0.0.1"}),
        .plain_http = SenderOptions::PlainHttp::allowed,
        .resolver = &resolver});
  const std::string url = "http://hooks.test:" + std::to_string(allowed.port()) + "/";
  EXPECT_EQ(send(url).kind, Kind::delivered);
  EXPECT_EQ(send(url).kind, Kind::refused);
  EXPECT_EQ(inside.accepted(), 0);
}

TEST_F(SenderTest, FollowsNoRedirect) {
  const ScriptedServer inside(test::answer_with(test::response_with("")));
  for (const char* status :
       {"301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"}) {
    const ScriptedServer server(test::answer_with("HTTP/1.1 " + std::string(status) + "\r\nLocation: " + inside.url() +
                                                  "\r\nContent-Length: 0\r\n\r\n"));
    const auto outcome = send_to(server);
    EXPECT_EQ(outcome.kind, Kind::failed) << status;
    EXPECT_EQ(outcome.status, std::stoi(status));
  }
  EXPECT_EQ(inside.accepted(), 0);
}

TEST_F(SenderTest, ReportsTheOutcomeOfAnAttempt) {
  struct Row {
    const char* head;
    Kind kind;
    int status;
    std::chrono::seconds retry_after;
  };
  const Row rows[] = {
      {"200 OK\r\n", Kind::delivered, 200, 0s},
      {"204 No Content\r\n", Kind::delivered, 204, 0s},
      {"299 Odd\r\n", Kind::delivered, 299, 0s},
      {"400 Bad Request\r\n", Kind::failed, 400, 0s},
      {"404 Not Found\r\n", Kind::failed, 404, 0s},
      {"410 Gone\r\n", Kind::gone, 410, 0s},
      {"429 Too Many Requests\r\nRetry-After: 7\r\n", Kind::failed, 429, 7s},
      {"503 Service Unavailable\r\nRetry-After: Fri, 31 Dec 2027 23:59:59 GMT\r\n", Kind::failed, 503, 0s},
      {"503 Service Unavailable\r\nRetry-After: -5\r\n", Kind::failed, 503, 0s},
      {"503 Service Unavailable\r\nRetry-After: 99999999999\r\n", Kind::failed, 503, 604'800s},
      {"500 Internal Server Error\r\n", Kind::failed, 500, 0s}};
  for (const Row& row : rows) {
    const ScriptedServer server(test::answer_with("HTTP/1.1 " + std::string(row.head) + "Content-Length: 0\r\n\r\n"));
    const auto outcome = send_to(server);
    EXPECT_EQ(outcome.kind, row.kind) << row.head;
    EXPECT_EQ(outcome.status, row.status) << row.head;
    EXPECT_EQ(outcome.retry_after, row.retry_after) << row.head;
  }
}

TEST_F(SenderTest, GivesUpOnReceiversThatMisbehave) {
  struct Row {
    test::ServerScript script;
    const char* error;
    std::chrono::milliseconds time_max = 10s;
  };
  const Row rows[] = {
      {[](test::ServerPeer& peer) { peer.wait_for_close(); }, "http_client.timed_out", 100ms},
      {[](test::ServerPeer& peer) { (void)peer.read_request(); }, "http_client.connection_lost"},
      {test::answer_with("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"), "http_client.response_too_large"},
      {test::answer_with("220 smtp.example.com ESMTP\r\n"), "http_client.malformed_response"}};
  for (const Row& row : rows) {
    const ScriptedServer server(row.script);
    const auto outcome = send_to(server, "/hook", row.time_max);
    EXPECT_EQ(outcome.kind, Kind::failed) << row.error;
    EXPECT_EQ(outcome.error, row.error);
    EXPECT_EQ(outcome.status, 0);
  }
}

std::string field_of(const std::string& request, const std::string& name) {
  const std::size_t at = request.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + name.size() + 4;
  return request.substr(begin, request.find("\r\n", begin) - begin);
}

TEST_F(SenderTest, SendsWhatTheReceiverVerifies) {
  std::string request;
  const ScriptedServer server([&request](test::ServerPeer& peer) {
    request = peer.read_request().value_or("");
    peer.write(test::response_with(""));
  });
  EXPECT_EQ(send_to(server, "/hook?a=b").kind, Kind::delivered);
  EXPECT_TRUE(request.starts_with("POST /hook?a=b HTTP/1.1\r\n")) << request;
  const std::string body = request.substr(request.find("\r\n\r\n") + 4);
  EXPECT_EQ(body, R"({"a":1})");
  EXPECT_EQ(field_of(request, "Content-Type"), "application/json");
  const std::string id = field_of(request, "webhook-id");
  const std::string timestamp = field_of(request, "webhook-timestamp");
  const std::string signature = field_of(request, "webhook-signature");
  EXPECT_EQ(id, "msg_1");
  EXPECT_EQ(timestamp, "1800000000");
  const std::vector<SigningKey> keys = {SigningKey::parse(key.receiver_text()).value()};
  EXPECT_TRUE(verify({.id = id, .timestamp = timestamp, .signature = signature, .body = body}, keys, clock.now()));
}

}  // namespace
}  // namespace ashlar::webhooks
