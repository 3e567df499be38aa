// SPDX-License-Identifier: Apache-2.0
// The realtime transport of the backend over sockets: who gets in, what is decided of channels and calls, events.
#include "tests/support/realtime_instances.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* product = R"({"name":"Lamp","price":"12.50","stock":3})";

using Headers = std::vector<std::pair<std::string, std::string>>;

class RealtimeSignIn : public testing::TestWithParam<WebSocketOver> {
 protected:
  // What the server says first: to a client that is not let in, the close frame; else the answer to a ping.
  std::string first_answer(const Headers& headers, const std::string& path = "/api/realtime") {
    WebSocketClient client(instances.port(), GetParam(), {.path = path, .headers = headers});
    say(client, R"({"type":"ping"})");
    return client.next();
  }

  RealtimeInstances instances;
};

INSTANTIATE_TEST_SUITE_P(Http, RealtimeSignIn, testing::Values(WebSocketOver::http1, WebSocketOver::http2),
                         [](const auto& info) { return info.param == WebSocketOver::http1 ? "1" : "2"; });

TEST_P(RealtimeSignIn, ClosesWith1008WithoutValidCredentials) {
  TestBackend& backend = instances.backend;
  const Person ada = backend.person("ada");
  const BadTokens bad = backend.bad_tokens();
  EXPECT_EQ(first_answer({}), "close 1008 auth.not_signed_in");
  EXPECT_EQ(first_answer({{"authorization", "Bearer " + bad.forged}}), "close 1008 auth.token_invalid");
  EXPECT_EQ(first_answer({{"authorization", "Bearer " + bad.expired}}), "close 1008 auth.token_expired");
  EXPECT_EQ(first_answer({{"authorization", "Bearer " + bad.revoked}}), "close 1008 auth.token_revoked");
  EXPECT_EQ(first_answer({{"authorization", "Basic YTpi"}}), "close 1008 auth.not_signed_in");
  EXPECT_EQ(first_answer({{"sec-websocket-protocol", "ashlar.v1, bearer." + bad.expired}}),
            "close 1008 auth.token_expired");
  EXPECT_EQ(first_answer({}, "/api/realtime?ticket=unknown"), "close 1008 auth.token_invalid");
  for (const std::string query : {"token=", "access_token=", "accessToken=", "ticket=a&token="})
    EXPECT_EQ(first_answer({{"authorization", "Bearer " + ada.token}}, "/api/realtime?" + query + "x"),
              "close 1008 realtime.token_in_query");
  EXPECT_EQ(first_answer({{"cookie", "accessToken=" + ada.token}, {"origin", "https://evil.example"}}),
            "close 1008 auth.not_signed_in")
      << "the cookie of a page of another site";
}

TEST_P(RealtimeSignIn, AcceptsEachKindOfCredentials) {
  TestBackend& backend = instances.backend;
  const Person ada = backend.person("ada");
  const auto key = backend.as(ada, Method::post, "/api/auth/api-keys", R"({"name":"k","permissions":["read:order"]})");
  const std::string pong = R"(text {"type":"pong"})";
  EXPECT_EQ(first_answer({{"authorization", "Bearer " + ada.token}}), pong);
  EXPECT_EQ(first_answer({{"authorization", "Bearer " + key.at("/data/key")}}), pong);
  EXPECT_EQ(first_answer({{"cookie", "accessToken=" + ada.token}, {"origin", "http://a"}}), pong);
  EXPECT_EQ(first_answer({{"sec-websocket-protocol", "ashlar.v1, bearer." + ada.token}}), pong);
  const std::string evil = "https://evil.example";
  EXPECT_EQ(first_answer({{"sec-websocket-protocol", "bearer." + ada.token + ", ashlar.v1"},
                          {"cookie", "accessToken=" + ada.token},
                          {"origin", evil}}),
            pong)
      << "a page that has a token needs no cookie";
}

TEST_P(RealtimeSignIn, ByATicketWorksOnceWithin30Seconds) {
  TestBackend& backend = instances.backend;
  const Person ada = backend.person("ada");
  const auto make = [&] {
    const auto made = backend.as(ada, Method::post, "/api/realtime/ticket");
    EXPECT_EQ(made.status, 201) << made.body;
    return "/api/realtime?ticket=" + made.at("/data/ticket");
  };
  const std::string path = make();
  EXPECT_EQ(first_answer({}, path), R"(text {"type":"pong"})");
  EXPECT_EQ(first_answer({}, path), "close 1008 auth.token_invalid");
  const std::string late = make();
  backend.clock().advance(std::chrono::seconds(30));
  EXPECT_EQ(first_answer({}, late), "close 1008 auth.token_invalid");
  const std::string of_ended_session = make();
  EXPECT_EQ(backend.as(ada, Method::post, "/api/auth/logout").status, 204);
  EXPECT_EQ(first_answer({}, of_ended_session), "close 1008 auth.token_revoked");
}

class RealtimeOfBackend : public testing::Test {
 protected:
  RealtimeInstances instances;
  TestBackend& backend = instances.backend;
};

TEST_F(RealtimeOfBackend, RefusesARequestThatIsNoHandshake) {
  RawClient plain(instances.port());
  EXPECT_EQ(plain.request("GET", "/api/realtime").status, 426);
  EXPECT_EQ(
      plain
          .request("GET", "/api/realtime", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")
          .status,
      400);
}

TEST_F(RealtimeOfBackend, KeepsTheSocketOpenAfterAFaultyMessage) {
  const auto client = instances.connect(backend.person("ada").token);
  say(*client, "{");
  EXPECT_THAT(client->next(), HasSubstr(R"("type":"error","code":"request.malformed_json")"));
  say(*client, R"({"type":"dance","id":"1"})");
  EXPECT_THAT(client->next(), HasSubstr(R"("type":"error","id":"1","code":"request.invalid")"));
  client->send(realtime::Opcode::binary, "{}");
  EXPECT_THAT(client->next(), HasSubstr(R"("code":"request.malformed_json")"));
  say(*client, R"({"type":"subscribe","id":"2","channel":"products","after":"yesterday"})");
  EXPECT_THAT(client->next(), HasSubstr(R"("id":"2","code":"request.invalid")"));
  say(*client, R"({"type":"ping","id":"3"})");
  EXPECT_EQ(client->next(), R"(text {"type":"pong","id":"3"})");
}

// Each channel, subscribed to by each kind of caller.
TEST_F(RealtimeOfBackend, DecidesEachChannelByItsGuard) {
  const Person admin = backend.admin();
  const Person ada = backend.person("ada");
  const auto made = backend.as(admin, Method::post, "/api/products", product);
  const auto order = backend.as(ada, Method::post, "/api/orders",
                                R"({"items":[{"productId":")" + made.at("/data/id") + R"(","quantity":1}]})");
  ASSERT_EQ(order.status, 201) << order.body;
  const auto key_for = [&](const std::string& permission) {
    return backend
        .as(admin, Method::post, "/api/auth/api-keys", R"({"name":"k","permissions":[")" + permission + "\"]}")
        .at("/data/key");
  };
  const auto bob = instances.connect(backend.person("bob").token);
  const auto owner = instances.connect(ada.token);
  const auto root = instances.connect(admin.token);
  const auto key = instances.connect(key_for("read:order"));
  const auto other_key = instances.connect(key_for("read:post"));

  struct Row {
    std::string channel;
    std::array<std::string, 5> answers;  // of bob, the owner, an admin, an admin's key for orders, and one for posts
  };
  const std::string ok = "subscribed", no = "auth.forbidden", none = "realtime.channel_not_found";
  for (const Row& row :
       {Row{"products", {ok, ok, ok, ok, ok}}, Row{"posts", {ok, ok, ok, ok, ok}}, Row{"orders", {ok, ok, ok, ok, no}},
        Row{"order:" + order.at("/data/id"), {no, ok, ok, ok, no}},
        Row{"order:7", {"request.invalid", "request.invalid", "request.invalid", "request.invalid", no}},
        Row{"notifications", {ok, ok, ok, no, no}}, Row{"admin:jobs", {no, no, ok, no, no}},
        Row{"admin:audit", {no, no, ok, no, no}}, Row{"room:a", {ok, ok, ok, no, no}},
        Row{"room:a/b", {"request.invalid", "request.invalid", "request.invalid", no, no}},
        Row{"room:", {none, none, none, none, none}}, Row{"orders/" + ada.id, {none, none, none, none, none}},
        Row{"dance", {none, none, none, none, none}}}) {
    const std::array clients{bob.get(), owner.get(), root.get(), key.get(), other_key.get()};
    for (std::size_t i = 0; i < clients.size(); ++i) {
      std::string answer = subscribe(*clients[i], row.channel);
      if (row.channel == "room:a" && row.answers[i] == ok) {  // the members
        EXPECT_THAT(clients[i]->next(), HasSubstr(R"("type":"presence","channel":"room:a","change":"present")"));
        EXPECT_THAT(clients[i]->next(), HasSubstr(R"("change":"joined")")) << "its own";
        say(*clients[i], R"({"type":"unsubscribe","id":"u","channel":"room:a"})");
        say(*clients[i], R"({"type":"ping"})");
        EXPECT_EQ(clients[i]->next(), R"(text {"type":"pong"})") << "it has left";
      }
      EXPECT_EQ(answer.contains(R"("type":"subscribed")") ? ok : text_of(answer, "code"), row.answers[i])
          << row.channel << " " << i << " " << answer;
    }
  }
}

TEST_F(RealtimeOfBackend, ShowsOperatorsTheQueuesAndNewAuditEntries) {
  const Person admin = backend.admin();
  const auto client = instances.connect(admin.token);
  EXPECT_THAT(subscribe(*client, "admin:audit"), HasSubstr(R"("type":"subscribed")"));
  EXPECT_THAT(subscribe(*client, "admin:jobs"), HasSubstr(R"("type":"subscribed")"));
  EXPECT_THAT(client->next(), AllOf(HasSubstr(R"("channel":"admin:jobs")"), HasSubstr(R"("event":"job.queues")"),
                                    HasSubstr(R"("data":{"queues":[)")));
  const auto made = backend.as(admin, Method::post, "/api/products", product);
  EXPECT_THAT(client->next(),
              AllOf(HasSubstr(R"("channel":"admin:audit")"), HasSubstr(R"("event":"audit.entry")"),
                    HasSubstr(R"("action":"create","resource":"product","resourceId":")" + made.at("/data/id")),
                    HasSubstr(R"("address":null,"agent":null)")));
}

TEST_F(RealtimeOfBackend, CallsOperationsWithTheSameDecisionsAsHttp) {
  const Person ada = backend.person("ada");
  const auto client = instances.connect(ada.token);
  say(*client, R"({"type":"call","id":"1","operation":"createProduct","input":)" + std::string(product) + "}");
  EXPECT_THAT(client->next(), HasSubstr(R"("type":"error","id":"1","code":"auth.forbidden")"));
  say(*client, R"({"type":"call","id":"2","operation":"createPost","input":{"title":""}})");
  EXPECT_THAT(client->next(), HasSubstr(R"("id":"2","code":"request.invalid","message":"/)"));
  for (const std::string name : {"dance", "channelOrders", "followChannels", "realtime"}) {
    say(*client, R"({"type":"call","id":"3","operation":")" + name + R"(","input":{}})");
    EXPECT_THAT(client->next(), HasSubstr(R"("id":"3","code":"operation.not_found")")) << name;
  }
  say(*client, R"({"type":"call","id":"4","operation":"me","input":{}})");
  EXPECT_EQ(client->next(),
            R"(text {"type":"result","id":"4","data":)" + backend.as(ada, Method::get, "/api/users/me").body + "}");
  say(*client, R"({"type":"call","id":"5","operation":"createPost","input":{"title":"T","content":"C"}})");
  const std::string made = client->next();
  EXPECT_THAT(made, HasSubstr(R"("type":"result","id":"5","data":{"data":{)"));
  const auto trail = backend.as(backend.admin(), Method::get, "/api/admin/audit?resource=post&userId=" + ada.id);
  EXPECT_EQ(trail.at("/data/0/action"), "create");
  say(*client, R"({"type":"call","id":"6","operation":"listPosts","input":{"mine":true}})");
  EXPECT_THAT(client->next(), AllOf(HasSubstr(R"("id":"6","data":{"data":[{)"), HasSubstr(R"("pagination":{)")));
}

TEST_F(RealtimeOfBackend, DeliversCommittedEventsToThoseWhoMayHearThem) {
  const Person admin = backend.admin();
  const Person ada = backend.person("ada");
  const Person bob = backend.person("bob");
  const auto root = instances.connect(admin.token);
  const auto owner = instances.connect(ada.token);
  const auto stranger = instances.connect(bob.token);
  for (WebSocketClient* client : {root.get(), owner.get(), stranger.get()}) {
    EXPECT_THAT(subscribe(*client, "products"), HasSubstr(R"("recovered":true)"));
    EXPECT_THAT(subscribe(*client, "orders"), HasSubstr(R"("recovered":true)"));
  }
  const auto made = backend.as(admin, Method::post, "/api/products", product);
  const std::string id = made.at("/data/id");
  for (WebSocketClient* client : {root.get(), owner.get(), stranger.get()})
    EXPECT_THAT(client->next(), AllOf(HasSubstr(R"("type":"event","channel":"products")"),
                                      HasSubstr(R"("event":"product.created","data":{"id":")" + id)));
  const auto order_of = [&](const Person& who, int quantity) {
    return backend
        .as(who, Method::post, "/api/orders",
            R"({"items":[{"productId":")" + id + R"(","quantity":)" + std::to_string(quantity) + "}]}")
        .status;
  };
  EXPECT_EQ(order_of(ada, 99), 409) << "rolled back: no event";
  EXPECT_EQ(order_of(ada, 1), 201);
  for (WebSocketClient* client : {root.get(), owner.get()})
    EXPECT_THAT(client->next(),
                AllOf(HasSubstr(R"("channel":"orders")"), HasSubstr(R"("event":"order.created")"), HasSubstr(ada.id)));
  EXPECT_EQ(order_of(bob, 1), 201);
  EXPECT_THAT(stranger->next(), AllOf(HasSubstr(R"("channel":"orders")"), HasSubstr(bob.id)))
      << "an own order, and not the one before";
}

TEST_F(RealtimeOfBackend, ResumesWithoutAGap) {
  const Person admin = backend.admin();
  std::string last;
  const auto make = [&](const std::string& name) {
    EXPECT_EQ(backend.as(admin, Method::post, "/api/products", R"({"name":")" + name + R"(","price":"1.00"})").status,
              201);
  };
  {
    const auto client = instances.connect(admin.token);
    (void)subscribe(*client, "products");
    make("One");
    last = text_of(client->next(), "position");
    client->reset();
  }
  make("Two");
  make("Three");
  const auto client = instances.connect(admin.token);
  EXPECT_THAT(subscribe(*client, "products", last), HasSubstr(R"("position":")" + last + R"(","recovered":true)"));
  EXPECT_THAT(client->next(), HasSubstr(R"("name":"Two")"));
  EXPECT_THAT(client->next(), HasSubstr(R"("name":"Three")"));
  EXPECT_THAT(subscribe(*client, "products", "00000000000000a7:1"), HasSubstr(R"("recovered":false)"))
      << "of another epoch";
  make("Four");
  EXPECT_THAT(client->next(), HasSubstr(R"("name":"Four")"));
}

TEST_F(RealtimeOfBackend, ClientsTalkInRooms) {
  const Person ada = backend.person("ada");
  const Person bob = backend.person("bob");
  const auto first = instances.connect(ada.token);
  const auto second = instances.connect(bob.token);
  say(*first, R"({"type":"publish","id":"0","channel":"products","payload":{}})");
  EXPECT_THAT(first->next(), HasSubstr(R"("id":"0","code":"auth.forbidden")"));
  say(*first, R"({"type":"publish","id":"1","channel":"room:a","payload":{}})");
  EXPECT_THAT(first->next(), HasSubstr(R"("id":"1","code":"realtime.not_subscribed")"));
  (void)subscribe(*first, "room:a");
  EXPECT_THAT(first->next(), HasSubstr(R"("change":"present","members":[{"key":")" + ada.id));
  EXPECT_THAT(first->next(), HasSubstr(R"("change":"joined","members":[{"key":")" + ada.id));
  (void)subscribe(*second, "room:a");
  EXPECT_THAT(second->next(), AllOf(HasSubstr(R"("change":"present")"), HasSubstr(ada.id), HasSubstr(bob.id)));
  EXPECT_THAT(second->next(), HasSubstr(R"("change":"joined","members":[{"key":")" + bob.id));
  EXPECT_THAT(first->next(), HasSubstr(R"("change":"joined","members":[{"key":")" + bob.id));
  say(*second, R"({"type":"publish","id":"2","channel":"room:a","payload":{"text":"hello"}})");
  EXPECT_THAT(second->next(), HasSubstr(R"("type":"published","id":"2","channel":"room:a")"));
  for (WebSocketClient* client : {first.get(), second.get()})
    EXPECT_THAT(client->next(), HasSubstr(R"("event":"message","data":{"text":"hello"})"));
  second->reset();
  EXPECT_THAT(first->next(), HasSubstr(R"("change":"left","members":[{"key":")" + bob.id));
}

TEST(RealtimeLimits, OfChannelsAndClients) {
  RealtimeInstances few(1, [](backend::Settings& settings) {
    settings.realtime.channels_per_client_max = 1;
    settings.realtime.clients_per_account_max = 1;
  });
  const Person ada = few.backend.person("ada");
  const auto client = few.connect(ada.token);
  EXPECT_THAT(subscribe(*client, "products"), HasSubstr("subscribed"));
  EXPECT_THAT(subscribe(*client, "posts"), HasSubstr("realtime.too_many_channels"));
  EXPECT_THAT(subscribe(*client, "products"), HasSubstr("subscribed")) << "again";
  EXPECT_EQ(few.connect(ada.token)->next(), "close 1013 realtime.too_many_clients");
}

TEST(RealtimeOff, IsNotFound) {
  TestBackend backend([](backend::Settings& settings) { settings.realtime.is = backend::RealtimeSettings::Is::off; });
  EXPECT_EQ(backend.client().get("/api/realtime").status, 404);
  EXPECT_EQ(backend.client().get("/api/realtime/events?channel=products").status, 404);
}

}  // namespace
}  // namespace ashlar::test
