// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/webhooks.hpp"

#include "ashlar/async/task_scope.hpp"
#include "ashlar/webhooks/signing_key.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace ashlar::backend {
namespace {

using namespace std::chrono_literals;
using http::Method;
using test::Person;
using test::ScriptedServer;
using test::TestBackend;
using testing::ElementsAre;
using testing::HasSubstr;

// A receiver of webhooks that answers what the test says.
class Receiver {
 public:
  std::string url() const { return server_.url("/hook"); }
  void answer(std::string response) {
    const std::lock_guard lock(mutex_);
    response_ = std::move(response);
  }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  std::mutex mutex_;
  std::string response_ = test::response_with("");
  std::vector<std::string> requests_;
  ScriptedServer server_{[this](test::ServerPeer& peer) {
    while (auto request = peer.read_request()) {
      std::string response;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(std::move(*request));
        response = response_;
      }
      if (!peer.write(response)) return;
    }
  }};
};

std::string field_of(const std::string& request, const std::string& name) {
  const std::size_t at = request.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + name.size() + 4;
  return request.substr(begin, request.find("\r\n", begin) - begin);
}
std::string body_of(const std::string& request) { return request.substr(request.find("\r\n\r\n") + 4); }
std::string status_line(const char* status) {
  return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 0\r\n\r\n";
}

class WebhooksTest : public testing::Test {
 protected:
  WebhooksTest() { hooks().start_sender(backend.client().loop()); }
  ~WebhooksTest() override { hooks().close_sender(); }

  Webhooks& hooks() { return backend.application().webhooks(); }
  template <class T>
  T run(Task<Result<T>> task) {
    auto done = async::run_to_end(backend.client().loop(), std::move(task));
    if (!done) throw std::runtime_error(done.error().message() + " " + done.error().cause());
    if constexpr (!std::is_void_v<T>) return std::move(*done);
  }
  // The consumer "webhooks" processes what was published, then everything due is attempted.
  std::int64_t deliver() {
    for (const auto& consumer : backend.application().events().consumers())
      while (run(consumer->run_once()).value_or(0) > 0) {
      }
    return run(hooks().run_due());
  }
  web::TestReply add(const std::string& body) {
    return backend.as(admin, Method::post, "/api/webhooks/endpoints", body);
  }
  std::string endpoint(const std::string& events = R"(["product.*"])", const std::string& more = "") {
    (void)deliver();  // the consumer begins with what follows
    const auto reply = add(R"({"url": ")" + receiver.url() + R"(", "events": )" + events + more + "}");
    EXPECT_EQ(reply.status, 201) << reply.body;
    secret = reply.at("/data/secret");
    return reply.at("/data/id");
  }
  std::string product(const std::string& name = "Desk") {
    const auto reply =
        backend.as(admin, Method::post, "/api/products", R"({"name": ")" + name + R"(", "price": "10.00"})");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.at("/data/id");
  }
  web::TestReply get(const std::string& target) { return backend.as(admin, Method::get, target); }
  Result<> verified(const std::string& request, const std::string& key) {
    const std::string id = field_of(request, "webhook-id"), at = field_of(request, "webhook-timestamp");
    const std::string signature = field_of(request, "webhook-signature"), body = body_of(request);
    const std::vector keys = {webhooks::SigningKey::parse(key).value()};
    return webhooks::verify({.id = id, .timestamp = at, .signature = signature, .body = body}, keys,
                            backend.clock().now());
  }

  Receiver receiver;
  TestBackend backend{[](Settings& out) {
    const std::vector<std::string> allow = {"127.0.0.1"};
    out.webhooks.sender.egress = http::EgressPolicy::parse(allow).value();
    out.webhooks.sender.attempt_time_max = 10s;
  }};
  Person admin = backend.admin();
  std::string secret;
};

TEST_F(WebhooksTest, RefuseEndpointsThatTheyMustNotHave) {
  for (const char* url :
       {"", "example.com", "ftp://example.com/", "http://example.com/", "https://10.0.0.1/", "https://[::1]/",
        "https://169.254.169.254/", "https://2130706433/", "https://user:pass@example.com/"}) {
    const auto reply = add(R"({"url": ")" + std::string(url) + R"(", "events": ["*"]})");
    EXPECT_EQ(reply.status, 422) << url;
    EXPECT_EQ(reply.at("/errors/0/path"), "/url") << url;
  }
  const auto patterns = add(R"({"url": "https://example.com/", "events": ["order.*", "order.lost", "*.created", ""]})");
  EXPECT_EQ(patterns.status, 422);
  EXPECT_EQ(add(R"({"url": "https://example.com/", "events": []})").status, 422);
  const auto both = add(R"({"url": "http://example.com/", "events": ["order.*", "order.lost"]})");
  EXPECT_EQ(both.at("/errors/0/path"), "/url");
  EXPECT_EQ(both.at("/errors/1/path"), "/events/1") << both.body;
  const Person ada = backend.person("ada");
  EXPECT_EQ(backend.as(ada, Method::get, "/api/webhooks/endpoints").status, 403);
  EXPECT_EQ(backend.as(ada, Method::get, "/api/webhooks/events").status, 403);
}

TEST_F(WebhooksTest, AreDeliveredOnceAndVerified) {
  const std::string id = endpoint(R"(["product.created"])");
  const std::string desk = product();
  EXPECT_EQ(backend.as(admin, Method::patch, "/api/products/" + desk, R"({"stock": 3})").status, 200);
  EXPECT_EQ(deliver(), 1) << "the endpoint asked for product.created alone";
  EXPECT_EQ(deliver(), 0);
  const auto requests = receiver.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_TRUE(verified(requests[0], secret));
  EXPECT_THAT(body_of(requests[0]), HasSubstr(R"("type":"product.created")"));
  EXPECT_THAT(body_of(requests[0]), HasSubstr(R"("key":")" + desk + "\""));

  const auto list = get("/api/webhooks/deliveries?endpointId=" + id);
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(list.at("/data/0/status"), "delivered");
  EXPECT_EQ(list.at("/data/0/attempts/0/status"), "200");
  EXPECT_EQ(list.at("/data/0/eventId"), field_of(requests[0], "webhook-id"));
  EXPECT_EQ(get("/api/webhooks/deliveries?status=pending").at("/pagination/total"), "0");
  const auto shown = get("/api/webhooks/endpoints/" + id);
  EXPECT_EQ(shown.body.find("secret"), std::string::npos) << "it is shown once";
  EXPECT_EQ(get("/api/webhooks/endpoints").body.find(secret), std::string::npos);
}

TEST_F(WebhooksTest, AreTriedAgainByTheScheduleAndTheReceiversWish) {
  const std::string id = endpoint();
  receiver.answer(status_line("500 Internal Server Error"));
  (void)product();
  EXPECT_EQ(deliver(), 1);
  EXPECT_EQ(deliver(), 0);
  backend.clock().advance(5s - 1ms);
  EXPECT_EQ(deliver(), 0);
  receiver.answer("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n");
  backend.clock().advance(1ms);
  EXPECT_EQ(deliver(), 1);
  backend.clock().advance(599s);
  EXPECT_EQ(deliver(), 0) << "the schedule says five minutes, the receiver ten";
  receiver.answer(test::response_with(""));
  backend.clock().advance(1s);
  EXPECT_EQ(deliver(), 1);
  const auto requests = receiver.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(field_of(requests[0], "webhook-id"), field_of(requests[2], "webhook-id"));
  EXPECT_NE(field_of(requests[0], "webhook-timestamp"), field_of(requests[2], "webhook-timestamp"));
  EXPECT_TRUE(verified(requests[2], secret));
  EXPECT_EQ(get("/api/webhooks/deliveries?endpointId=" + id).at("/data/0/status"), "delivered");
}

TEST_F(WebhooksTest, GiveUpAfterTenAttemptsAndDisableWhatFailsForDays) {
  const std::string id = endpoint();
  receiver.answer(status_line("404 Not Found"));
  (void)product();
  std::int64_t attempts = deliver();
  for (int hour = 0; hour < 76 * 4; ++hour) {
    backend.clock().advance(15min);
    attempts += run(hooks().run_due());
  }
  EXPECT_EQ(attempts, 10);
  admin = backend.sign_in(admin.email);
  EXPECT_EQ(get("/api/webhooks/deliveries").at("/data/0/status"), "failed");
  EXPECT_EQ(get("/api/webhooks/endpoints/" + id).at("/data/disabledBecause"), "failing");
  (void)product();
  EXPECT_EQ(deliver(), 0) << "a disabled endpoint gets nothing";
  EXPECT_EQ(backend.as(admin, Method::patch, "/api/webhooks/endpoints/" + id, R"({"disabled": false})").status, 200);
  backend.clock().advance(6min);  // its breaker is open until then
  receiver.answer(test::response_with(""));
  (void)product();
  EXPECT_EQ(deliver(), 1);
}

TEST_F(WebhooksTest, DisableAnEndpointThatIsGone) {
  const std::string id = endpoint();
  receiver.answer(status_line("410 Gone"));
  (void)product();
  (void)product("Chair");
  EXPECT_EQ(deliver(), 2);
  EXPECT_EQ(receiver.requests().size(), 1U) << "the second one fails without a request";
  EXPECT_EQ(get("/api/webhooks/endpoints/" + id).at("/data/disabledBecause"), "gone");
  EXPECT_EQ(get("/api/webhooks/deliveries?status=failed").at("/pagination/total"), "2");
}

TEST_F(WebhooksTest, SignWithBothSecretsWhileOneIsRotated) {
  for (const char* scheme : {"v1", "v1a"}) {
    const std::string id = endpoint(R"(["product.*"])", R"(, "scheme": ")" + std::string(scheme) + "\"");
    const std::string old_secret = secret;
    EXPECT_TRUE(old_secret.starts_with(std::string_view(scheme) == "v1" ? "whsec_" : "whpk_")) << old_secret;
    const auto rotated = backend.as(admin, Method::post, "/api/webhooks/endpoints/" + id + "/rotate-secret");
    ASSERT_EQ(rotated.status, 200) << rotated.body;
    const std::string new_secret = rotated.at("/data/secret");
    EXPECT_NE(new_secret, old_secret);
    (void)product();
    (void)deliver();
    EXPECT_TRUE(verified(receiver.requests().back(), old_secret));
    EXPECT_TRUE(verified(receiver.requests().back(), new_secret));
    backend.clock().advance(24h);
    admin = backend.sign_in(admin.email);
    (void)product();
    (void)deliver();
    EXPECT_FALSE(verified(receiver.requests().back(), old_secret));
    EXPECT_TRUE(verified(receiver.requests().back(), new_secret));
    EXPECT_EQ(backend.as(admin, Method::remove, "/api/webhooks/endpoints/" + id).status, 204);
  }
}

TEST_F(WebhooksTest, AreReplayed) {
  (void)endpoint();
  receiver.answer(status_line("500 Internal Server Error"));
  (void)product();
  EXPECT_EQ(deliver(), 1);
  const std::string id = get("/api/webhooks/deliveries").at("/data/0/id");
  const std::string replay = "/api/webhooks/deliveries/" + id + "/replay";
  EXPECT_EQ(backend.as(admin, Method::post, replay).at("/code"), "webhook.delivery_pending");
  receiver.answer(test::response_with(""));
  backend.clock().advance(5s);
  EXPECT_EQ(deliver(), 1);
  EXPECT_EQ(backend.as(admin, Method::post, replay).status, 202);
  EXPECT_EQ(deliver(), 1);
  EXPECT_EQ(receiver.requests().size(), 3U);
  EXPECT_EQ(field_of(receiver.requests()[2], "webhook-id"), field_of(receiver.requests()[0], "webhook-id"));
}

TEST_F(WebhooksTest, KeepTheOrderOfAKeyWhereTheEndpointAsksForIt) {
  for (const bool ordered : {false, true}) {
    const std::string id = endpoint(R"(["product.*"])", ordered ? R"(, "ordered": true)" : "");
    receiver.answer(status_line("500 Internal Server Error"));
    const std::string desk = product();
    EXPECT_EQ(deliver(), 1);
    receiver.answer(test::response_with(""));
    EXPECT_EQ(backend.as(admin, Method::patch, "/api/products/" + desk, R"({"stock": 3})").status, 200);
    (void)product("Another");
    EXPECT_EQ(deliver(), ordered ? 1 : 2) << "another key does not wait";
    backend.clock().advance(5s);
    EXPECT_EQ(deliver(), ordered ? 2 : 1);
    EXPECT_THAT(body_of(receiver.requests().back()), HasSubstr(ordered ? "product.updated" : "product.created"));
    EXPECT_EQ(backend.as(admin, Method::remove, "/api/webhooks/endpoints/" + id).status, 204);
  }
}

TEST_F(WebhooksTest, OpenABreakerForAnEndpointThatFails) {
  (void)endpoint();
  receiver.answer(status_line("500 Internal Server Error"));
  for (int i = 0; i < 8; ++i) (void)product();
  (void)deliver();
  EXPECT_EQ(receiver.requests().size(), 5U) << "the others wait until the breaker lets one through";
  receiver.answer(test::response_with(""));
  for (int i = 0; i < 3; ++i) {
    backend.clock().advance(6s);
    (void)deliver();
  }
  EXPECT_EQ(get("/api/webhooks/deliveries?status=delivered").at("/pagination/total"), "8");
}

TEST_F(WebhooksTest, AreTakenOverFromAnInstanceThatDied) {
  (void)endpoint();
  (void)product();
  auto& outbox_reader = *backend.application().events().consumers().front();
  EXPECT_GT(run(outbox_reader.run_once()).value_or(0), 0);
  // Another instance takes the delivery, and makes no attempt.
  backend.run("update webhook_deliveries set due_at = $1", {backend.clock().now() + 30s});
  EXPECT_EQ(deliver(), 0);
  backend.clock().advance(30s);
  EXPECT_EQ(deliver(), 1);
}

TEST_F(WebhooksTest, LetReceiversCatchUp) {
  const std::string first = get("/api/webhooks/events?limit=1000").at("/pagination/next");
  const std::string desk = product();
  (void)product("Chair");
  const auto page = get("/api/webhooks/events?limit=1&after=" + first);
  ASSERT_EQ(page.status, 200) << page.body;
  EXPECT_EQ(page.at("/data/0/type"), "product.created");
  EXPECT_EQ(page.at("/data/0/key"), desk);
  EXPECT_EQ(page.at("/data/0/data/name"), "Desk");
  EXPECT_EQ(page.at("/pagination/next"), page.at("/data/0/sequence"));
  const auto rest = get("/api/webhooks/events?after=" + page.at("/pagination/next"));
  EXPECT_EQ(rest.at("/data/0/data/name"), "Chair");
  const auto end = get("/api/webhooks/events?after=" + rest.at("/pagination/next"));
  EXPECT_EQ(end.at("/pagination/next"), rest.at("/pagination/next"));
  for (const char* wrong : {"after=-1", "after=x", "limit=0", "limit=1001", "cursor=x"})
    EXPECT_EQ(get("/api/webhooks/events?" + std::string(wrong)).status, 422) << wrong;
}

}  // namespace
}  // namespace ashlar::backend
