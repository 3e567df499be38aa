// SPDX-License-Identifier: Apache-2.0
// The server over an App without a database: who gets in, subscriptions, calls, and what ends them.
#include "ashlar/realtime/server.hpp"

#include "ashlar/auth/revocations.hpp"
#include "ashlar/http/server.hpp"
#include "ashlar/web/app.hpp"
#include "tests/support/websocket_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::realtime {
namespace {

using test::WebSocketClient;
using test::WebSocketOver;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

struct Named {
  Line<1, 64> name;
};
ASHLAR_DESCRIBE(Named, name)
struct Answer {
  std::string text;
};
ASHLAR_DESCRIBE(Answer, text)

Result<Topic> news(api::Call&) { return Topic{"news"}; }
Result<Topic> secrets(api::UserCall&) { return Topic{"secrets"}; }
Result<Topic> room(api::UserCall&, Named in) { return Topic{"room:" + in.name.str()}; }
Result<Answer> greet(api::UserCall&, Named in) { return Answer{"hello " + in.name.str()}; }

class RealtimeServer : public testing::TestWithParam<WebSocketOver> {
 protected:
  RealtimeServer() {
    channels_.add("news", news).open();
    channels_.add("secrets", secrets).permission("read:secret");
    channels_.add("room:{name}", room).signed_in().clients_publish().presence();
    realtime_ = std::make_unique<Server>(
        ServerOptions{},
        ServerServices{.clock = clock_, .random = random_, .channels = channels_, .revocations = &revocations_});
    revocations_.on_session_revoked([this](const Uuid& session) { realtime_->session_ended(session); });
    web::Routes routes;
    mount(routes, *realtime_, "/rt");
    routes.post("/greet", greet).signed_in().name("greet");
    app_ = std::make_unique<web::App>(web::AppOptions{.more_endpoints = channels_.endpoints()},
                                      api::Call::Environment{&clock_, &random_, &logger_}, &tokens_, std::move(routes));
    realtime_->serve(app_->api());
    server_ = std::make_unique<http::Server>(http::ServerOptions{.host = "127.0.0.1", .port = 0, .loops = 2}, *app_);
    realtime_->start({&server_->loop(0), &server_->loop(1)}, {.epoch = 7, .offset = 100});
    server_->start();
  }
  ~RealtimeServer() override {
    server_->stop(std::chrono::milliseconds(0));
    realtime_->close();
  }

  std::string token(std::vector<std::string> permissions = {}) {
    const auth::Principal principal{.id = Uuid::make(clock_, random_),
                                    .session = session_,
                                    .token_id = {},
                                    .email = "ada@example.com",
                                    .role = "user",
                                    .permissions = std::move(permissions),
                                    .expires_at = {}};
    return tokens_.issue_access(principal).token;
  }
  [[nodiscard]] std::unique_ptr<WebSocketClient> connect(const std::string& token,
                                                         const std::string& path = "/rt") const {
    test::WebSocketClientOptions options{.path = path};
    if (!token.empty()) options.headers = {{"authorization", "Bearer " + token}};
    return std::make_unique<WebSocketClient>(server_->port(), GetParam(), options);
  }
  static std::string ask(WebSocketClient& client, const std::string& json) {
    client.send(Opcode::text, json);
    return client.next();
  }
  static std::string subscribe(WebSocketClient& client, const std::string& channel, const std::string& more = {}) {
    return ask(client, R"({"type":"subscribe","id":"s","channel":")" + channel + "\"" + more + "}");
  }
  void publish(std::uint64_t offset, const std::string& topic) {
    const std::vector<std::string> topics{topic};
    realtime_->hub()->publish_at(offset, topics, [](std::string_view, const Position& at) { return at.to_string(); });
  }

  ManualClock clock_{Timestamp::from_milliseconds(1'763'713'800'000)};
  SystemRandom random_;
  log::Logger logger_{log::LogOptions{.console = log::LogOptions::Console::none}, clock_};
  auth::MemoryRevocations revocations_{clock_};
  auth::Tokens tokens_{{.access_secret = "the access secret of this test, long enough",
                        .refresh_secret = "the refresh secret of this test, long enough"},
                       clock_,
                       random_,
                       revocations_};
  const Uuid session_ = Uuid::make(clock_, random_);
  Channels channels_;
  std::unique_ptr<Server> realtime_;
  std::unique_ptr<web::App> app_;
  std::unique_ptr<http::Server> server_;
};

INSTANTIATE_TEST_SUITE_P(Http, RealtimeServer, testing::Values(WebSocketOver::http1, WebSocketOver::http2),
                         [](const auto& info) { return info.param == WebSocketOver::http1 ? "1" : "2"; });

TEST_P(RealtimeServer, ClosesWithoutValidCredentials) {
  EXPECT_EQ(connect("")->next(), "close 1008 auth.not_signed_in");
  EXPECT_EQ(connect("nonsense")->next(), "close 1008 auth.token_invalid");
  EXPECT_EQ(connect(token(), "/rt?token=x")->next(), "close 1008 realtime.token_in_query");
  EXPECT_EQ(connect("", "/rt?ticket=x")->next(), "close 1008 auth.not_signed_in") << "there are no tickets here";
}

TEST_P(RealtimeServer, DecidesSubscriptionsAndCalls) {
  const auto client = connect(token());
  EXPECT_THAT(subscribe(*client, "secrets"), HasSubstr(R"("type":"error","id":"s","code":"auth.forbidden")"));
  EXPECT_THAT(subscribe(*client, "dance"), HasSubstr("realtime.channel_not_found"));
  EXPECT_THAT(subscribe(*connect(token({"read:secret"})), "secrets"), HasSubstr(R"("type":"subscribed")"));
  EXPECT_THAT(ask(*client, "{"), HasSubstr("request.malformed_json"));
  EXPECT_THAT(ask(*client, R"({"type":"call","id":"1","operation":"channelNews","input":{}})"),
              HasSubstr("operation.not_found"));
  EXPECT_THAT(ask(*client, R"({"type":"call","id":"2","operation":"greet","input":{}})"), HasSubstr("request.invalid"));
  EXPECT_EQ(ask(*client, R"({"type":"call","id":"3","operation":"greet","input":{"name":"Ada"}})"),
            R"(text {"type":"result","id":"3","data":{"data":{"text":"hello Ada"}}})");
}

TEST_P(RealtimeServer, DeliversAndResumes) {
  const auto client = connect(token());
  EXPECT_EQ(
      subscribe(*client, "news"),
      R"(text {"type":"subscribed","id":"s","channel":"news","position":"0000000000000007:100","recovered":true})");
  publish(101, "news");
  publish(103, "news");
  EXPECT_EQ(client->next(), "text 0000000000000007:101");
  EXPECT_EQ(client->next(), "text 0000000000000007:103");
  const auto later = connect(token());
  EXPECT_THAT(subscribe(*later, "news", R"(,"after":"0000000000000007:101")"), HasSubstr(R"("recovered":true)"));
  EXPECT_EQ(later->next(), "text 0000000000000007:103");
  EXPECT_THAT(subscribe(*later, "news", R"(,"after":"0000000000000008:101")"), HasSubstr(R"("recovered":false)"));
}

TEST_P(RealtimeServer, LetsClientsTalk) {
  const auto client = connect(token());
  EXPECT_THAT(ask(*client, R"({"type":"publish","id":"1","channel":"news","payload":{}})"),
              HasSubstr("auth.forbidden"));
  EXPECT_THAT(ask(*client, R"({"type":"publish","id":"2","channel":"room:a","payload":{}})"),
              HasSubstr("realtime.not_subscribed"));
  EXPECT_THAT(subscribe(*client, "room:a"), HasSubstr(R"("type":"subscribed")"));
  EXPECT_THAT(client->next(), HasSubstr(R"("change":"present")"));
  EXPECT_THAT(client->next(), HasSubstr(R"("change":"joined")")) << "its own";
  EXPECT_THAT(ask(*client, R"({"type":"publish","id":"3","channel":"room:a","payload":{"x":1}})"),
              HasSubstr(R"("type":"published","id":"3")"));
  EXPECT_THAT(client->next(), HasSubstr(R"("event":"message","data":{"x":1})"));
}

TEST_P(RealtimeServer, ClosesTheSocketsOfAnEndedSession) {
  const auto client = connect(token());
  EXPECT_THAT(subscribe(*client, "news"), HasSubstr("subscribed"));
  revocations_.revoke_session(session_, clock_.now() + std::chrono::minutes(15));
  EXPECT_EQ(client->next(), "close 1008 auth.token_revoked");
  EXPECT_EQ(connect(token())->next(), "close 1008 auth.token_revoked");
}

TEST_P(RealtimeServer, DrainsWithADelay) {
  const auto client = connect(token());
  EXPECT_THAT(subscribe(*client, "news"), HasSubstr("subscribed"));
  realtime_->drain();
  EXPECT_THAT(client->next(), AllOf(StartsWith("close 1012 reconnect after "), HasSubstr(" ms")));
}

}  // namespace
}  // namespace ashlar::realtime
