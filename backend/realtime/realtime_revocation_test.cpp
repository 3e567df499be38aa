// SPDX-License-Identifier: Apache-2.0
// What ends a socket or a subscription: on the instance where it happens, and on another one.
#include "tests/support/realtime_instances.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// On SQLite, whose file belongs to one process, the last instance is the first one.
class RealtimeRevocation : public testing::Test {
 protected:
  static std::size_t instances_of_database() {
    const char* kind = std::getenv("ASHLAR_TEST_DATABASE");
    return kind != nullptr && std::string_view(kind) == "postgres" ? 2 : 1;
  }
  // Each instance has a client; the changes are made on the first.
  [[nodiscard]] std::vector<std::unique_ptr<WebSocketClient>> connect_all(const std::string& token) const {
    std::vector<std::unique_ptr<WebSocketClient>> out;
    for (std::size_t i = 0; i < instances.count(); ++i) {
      out.push_back(instances.connect(token, i));
      say(*out.back(), R"({"type":"ping"})");
      EXPECT_EQ(out.back()->next(), R"(text {"type":"pong"})");
    }
    return out;
  }

  RealtimeInstances instances{instances_of_database()};
  TestBackend& backend = instances.backend;
};

TEST_F(RealtimeRevocation, OfASessionClosesItsSockets) {
  const Person ada = backend.person("ada");
  const Person elsewhere = backend.sign_in(ada.email);
  const auto clients = connect_all(ada.token);
  const auto others = connect_all(elsewhere.token);
  ASSERT_EQ(backend.as(ada, Method::post, "/api/auth/logout").status, 204);
  for (const auto& client : clients) EXPECT_EQ(client->next(), "close 1008 auth.token_revoked");
  for (const auto& client : others) {
    say(*client, R"({"type":"ping"})");
    EXPECT_EQ(client->next(), R"(text {"type":"pong"})") << "of another session";
  }
}

TEST_F(RealtimeRevocation, OfAnAccountClosesItsSockets) {
  const Person admin = backend.admin();
  const Person ada = backend.person("ada");
  const auto key = backend.as(ada, Method::post, "/api/auth/api-keys", R"({"name":"k","permissions":["read:order"]})");
  const auto sessions = connect_all(ada.token);
  const auto keys = connect_all(key.at("/data/key"));
  ASSERT_EQ(backend.as(admin, Method::patch, "/api/users/" + ada.id, R"({"disabled":true})").status, 200);
  for (const auto& client : sessions) EXPECT_EQ(client->next(), "close 1008 auth.token_revoked");
  for (const auto& client : keys) EXPECT_EQ(client->next(), "close 1008 auth.token_invalid");
}

TEST_F(RealtimeRevocation, OfAnApiKeyClosesItsSockets) {
  const Person ada = backend.person("ada");
  const auto key = backend.as(ada, Method::post, "/api/auth/api-keys", R"({"name":"k","permissions":["read:order"]})");
  const auto keys = connect_all(key.at("/data/key"));
  ASSERT_EQ(backend.as(ada, Method::remove, "/api/auth/api-keys/" + key.at("/data/id")).status, 204);
  for (const auto& client : keys) EXPECT_EQ(client->next(), "close 1008 auth.token_invalid");
}

TEST_F(RealtimeRevocation, OfAGrantEndsTheSubscriptionAndNothingElse) {
  const Person admin = backend.admin();
  const Person ada = backend.person("ada");
  const std::string grants = "/api/admin/users/" + ada.id + "/grants";
  const auto grant = backend.as(admin, Method::post, grants, R"({"permission":"read:order","reason":"a test"})");
  ASSERT_EQ(grant.status, 201) << grant.body;
  const auto made = backend.as(admin, Method::post, "/api/products", R"({"name":"Lamp","price":"1.00","stock":9})");
  const auto clients = connect_all(ada.token);
  for (const auto& client : clients) {
    EXPECT_THAT(subscribe(*client, "orders"), HasSubstr(R"("type":"subscribed")"));
    EXPECT_THAT(subscribe(*client, "notifications"), HasSubstr(R"("type":"subscribed")"));
  }
  const auto order = [&] {
    EXPECT_EQ(backend
                  .as(admin, Method::post, "/api/orders",
                      R"({"items":[{"productId":")" + made.at("/data/id") + R"(","quantity":1}]})")
                  .status,
              201);
  };
  order();
  for (const auto& client : clients) EXPECT_THAT(client->next(), HasSubstr(R"("event":"order.created")"));
  ASSERT_EQ(backend.as(admin, Method::remove, grants + "/" + grant.at("/data/id")).status, 204);
  for (const auto& client : clients)
    EXPECT_THAT(client->next(), AllOf(HasSubstr(R"("type":"error","code":"realtime.subscription_ended")"),
                                      HasSubstr(R"("channel":"orders")")));
  order();
  for (const auto& client : clients) {
    EXPECT_THAT(subscribe(*client, "orders"), HasSubstr(R"("type":"subscribed")"))
        << "her own, without an event between";
    say(*client, R"({"type":"ping"})");
    EXPECT_EQ(client->next(), R"(text {"type":"pong"})");
  }
}

TEST_F(RealtimeRevocation, OfAnExpiredTokenClosesItsSocket) {
  const auto clients = connect_all(backend.person("ada").token);
  backend.clock().advance(std::chrono::minutes(15));
  for (const auto& client : clients) EXPECT_EQ(next_but_pings(*client), "close 1008 auth.token_expired");
}

TEST_F(RealtimeRevocation, OfAGrantByTimeEndsTheSubscription) {
  const Person admin = backend.admin();
  const Person ada = backend.person("ada");
  const auto until = backend.clock().now() + std::chrono::minutes(2);  // within the lease of rights
  ASSERT_EQ(backend
                .as(admin, Method::post, "/api/admin/users/" + ada.id + "/grants",
                    R"({"permission":"read:audit","reason":"a test","until":")" + until.to_string() + "\"}")
                .status,
            201);
  const auto clients = connect_all(ada.token);
  for (const auto& client : clients)
    EXPECT_THAT(subscribe(*client, "admin:audit"), HasSubstr(R"("type":"subscribed")"));
  backend.clock().advance(std::chrono::minutes(2));
  for (const auto& client : clients)
    EXPECT_THAT(next_but_pings(*client), AllOf(HasSubstr("auth.forbidden"), HasSubstr(R"("channel":"admin:audit")")));
}

// An event that one instance has committed reaches clients of the other, who resume there.
TEST_F(RealtimeRevocation, InstancesHaveTheSameEventsAndPositions) {
  const Person admin = backend.admin();
  const std::size_t last = instances.count() - 1;
  const auto make = [&](const std::string& name) {
    EXPECT_EQ(backend.as(admin, Method::post, "/api/products", R"({"name":")" + name + R"(","price":"1.00"})").status,
              201);
  };
  auto client = instances.connect(admin.token, last);
  (void)subscribe(*client, "products");
  make("One");
  const std::string event = client->next();
  EXPECT_THAT(event, HasSubstr(R"("name":"One")"));
  client->reset();
  make("Two");
  client = instances.connect(admin.token, 0);
  EXPECT_THAT(subscribe(*client, "products", text_of(event, "position")), HasSubstr(R"("recovered":true)"));
  const std::string second = client->next();
  EXPECT_THAT(second, HasSubstr(R"("name":"Two")"));
  client = instances.connect(admin.token, last);
  EXPECT_THAT(subscribe(*client, "products", text_of(second, "position")), HasSubstr(R"("recovered":true)"));
  make("Three");
  EXPECT_THAT(client->next(), HasSubstr(R"("name":"Three")"));
}

TEST_F(RealtimeRevocation, TicketsOpenASocketOfAnotherInstanceOnce) {
  const Person ada = backend.person("ada");
  const std::string path =
      "/api/realtime?ticket=" + backend.as(ada, Method::post, "/api/realtime/ticket").at("/data/ticket");
  const auto open = [&](std::size_t instance) {
    WebSocketClient client(instances.port(instance), WebSocketOver::http1, {.path = path});
    say(client, R"({"type":"ping"})");
    return client.next();
  };
  EXPECT_EQ(open(instances.count() - 1), R"(text {"type":"pong"})");
  EXPECT_EQ(open(0), "close 1008 auth.token_invalid");
}

TEST_F(RealtimeRevocation, ADrainingInstanceSpreadsTheReturnOfItsClients) {
  const auto first = instances.connect(backend.person("ada").token);
  const auto second = instances.connect(backend.person("bob").token);
  for (WebSocketClient* client : {first.get(), second.get()}) {
    say(*client, R"({"type":"ping"})");
    EXPECT_EQ(client->next(), R"(text {"type":"pong"})");
  }
  instances.application().realtime()->server().drain();
  const std::string one = first->next(), other = second->next();
  EXPECT_THAT(one, AllOf(StartsWith("close 1012 reconnect after "), HasSubstr(" ms")));
  EXPECT_THAT(other, StartsWith("close 1012 reconnect after "));
  EXPECT_NE(one, other);
}

}  // namespace
}  // namespace ashlar::test
