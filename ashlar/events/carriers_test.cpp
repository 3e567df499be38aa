// SPDX-License-Identifier: Apache-2.0
// One suite for every carrier, against its real server.
#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/events/nats_carrier.hpp"
#include "ashlar/events/redis_carrier.hpp"
#include "ashlar/redis/clients.hpp"
#include "tests/support/nats_server.hpp"
#include "tests/support/redis_server.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nats/nats.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ashlar::events {
namespace {

using namespace std::chrono_literals;
using testing::AnyOf;
using testing::ElementsAre;

// A broker with a carrier to it.
class Broker {
 public:
  Broker() = default;
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;
  virtual ~Broker() = default;

  virtual Result<> send(std::vector<Event> events) = 0;
  virtual std::vector<Event> stored() = 0;
  virtual void kill() = 0;
  virtual void start() = 0;
  virtual void hang() = 0;
  virtual void go_on() = 0;
  // Something else is in the place of the stream.
  virtual void spoil() = 0;
  // How often an event that is sent again is stored.
  [[nodiscard]] virtual std::size_t copies_of_a_repetition() const = 0;
};

class RedisBroker final : public Broker {
 public:
  RedisBroker() { clients_.start({&loop_}); }
  ~RedisBroker() override { clients_.close(); }
  Result<> send(std::vector<Event> events) override {
    return async::run_to_end(loop_, carrier_.send(std::move(events)));
  }
  std::vector<Event> stored() override {
    const auto reply = async::run_to_end(loop_, clients_.command({"XRANGE", "events", "-", "+"}));
    if (!reply) throw std::runtime_error(reply.error().cause());
    std::vector<Event> out;
    for (const redis::Reply& entry : reply->items) {
      const auto& fields = entry.items.at(1).items;
      const auto field = [&](const char* name) {
        for (std::size_t i = 0; i + 1 < fields.size(); i += 2)
          if (fields[i].text == name) return fields[i + 1].text;
        throw std::runtime_error(std::string("no field ") + name);
      };
      Event event{.id = Uuid::parse(field("id")).value(),
                  .sequence = std::stoll(field("sequence")),
                  .type = field("type"),
                  .at = Timestamp::parse(field("at")).value(),
                  .key = field("key"),
                  .actor = {},
                  .data = JsonObject::trusted(field("data"))};
      if (!field("actor").empty()) event.actor = schema::read_json<Actor>(field("actor")).value();
      out.push_back(std::move(event));
    }
    return out;
  }
  void kill() override { server_.kill(); }
  void start() override { server_.start(); }
  void hang() override { server_.hang(); }
  void go_on() override { server_.go_on(); }
  void spoil() override { (void)async::run_to_end(loop_, clients_.command({"SET", "events", "a text"})); }
  [[nodiscard]] std::size_t copies_of_a_repetition() const override { return 2; }

 private:
  tests::RedisServer server_;
  boost::asio::io_context loop_{1};
  redis::Clients clients_{{.url = server_.url(), .command_time_max = 2'000ms}};
  RedisCarrier carrier_{clients_, {.stream = "events", .length_max = 100'000}};
};

class NatsBroker final : public Broker {
 public:
  Result<> send(std::vector<Event> events) override {
    return async::run_to_end(loop_, carrier_.send(std::move(events)));
  }
  std::vector<Event> stored() override {
    natsConnection* connection = nullptr;
    jsCtx* jetstream = nullptr;
    natsSubscription* subscription = nullptr;
    natsConnection_ConnectTo(&connection, server_.url().c_str());
    natsConnection_JetStream(&jetstream, connection, nullptr);
    jsSubOptions options;
    jsSubOptions_Init(&options);
    options.Ordered = true;
    js_SubscribeSync(&subscription, jetstream, "ashlar.events.>", nullptr, &options, nullptr);
    std::vector<Event> out;
    natsMsg* message = nullptr;
    while (subscription != nullptr && natsSubscription_NextMsg(&message, subscription, 300) == NATS_OK) {
      const std::string_view body(natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message)));
      out.push_back(schema::read_json<Event>(body).value());
      EXPECT_EQ(natsMsg_GetSubject(message), "ashlar.events." + out.back().type);
      natsMsg_Destroy(message);
    }
    natsSubscription_Destroy(subscription);
    jsCtx_Destroy(jetstream);
    natsConnection_Destroy(connection);
    return out;
  }
  void kill() override { server_.kill(); }
  void start() override { server_.start(); }
  void hang() override { server_.hang(); }
  void go_on() override { server_.go_on(); }
  void spoil() override {
    natsConnection* connection = nullptr;
    jsCtx* jetstream = nullptr;
    jsStreamInfo* info = nullptr;
    jsErrCode code{};
    natsConnection_ConnectTo(&connection, server_.url().c_str());
    natsConnection_JetStream(&jetstream, connection, nullptr);
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    const char* subjects[] = {"ashlar.events.order.>"};
    config.Name = "OTHER";
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    js_AddStream(&info, jetstream, &config, nullptr, &code);
    jsStreamInfo_Destroy(info);
    jsCtx_Destroy(jetstream);
    natsConnection_Destroy(connection);
  }
  [[nodiscard]] std::size_t copies_of_a_repetition() const override { return 1; }

 private:
  tests::NatsServer server_;
  boost::asio::io_context loop_{1};
  NatsCarrier carrier_{{.url = server_.url(), .connect_time_max = 2s, .ack_time_max = 3s}};
};

struct Kind {
  const char* name;
  std::unique_ptr<Broker> (*make)();
};

class Carriers : public testing::TestWithParam<Kind> {
 protected:
  Event event(std::int64_t sequence) {
    Event out = Event::example();
    out.id = Uuid::make(clock, random);
    out.sequence = sequence;
    out.data = JsonObject::trusted(R"({"text":"a \"quoted\" ü"})");
    if (sequence % 2 == 0) out.actor.reset();
    return out;
  }
  std::vector<Event> events(std::int64_t from, std::int64_t to) {
    std::vector<Event> out;
    for (std::int64_t i = from; i <= to; ++i) out.push_back(event(i));
    return out;
  }
  std::vector<std::int64_t> stored_sequences() {
    std::vector<std::int64_t> out;
    for (const Event& each : broker->stored()) out.push_back(each.sequence);
    return out;
  }

  SystemClock clock;
  SeededRandom random{5};
  std::unique_ptr<Broker> broker = GetParam().make();
};

INSTANTIATE_TEST_SUITE_P(
    , Carriers,
    testing::Values(Kind{"Redis", []() -> std::unique_ptr<Broker> { return std::make_unique<RedisBroker>(); }},
                    Kind{"Nats", []() -> std::unique_ptr<Broker> { return std::make_unique<NatsBroker>(); }}),
    [](const auto& info) { return info.param.name; });

TEST_P(Carriers, FailWhileTheBrokerIsUnreachableAndGoOnAfterwards) {
  ASSERT_TRUE(broker->send(events(1, 2)));
  broker->kill();
  const auto lost = events(3, 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(broker->send(lost).error().code(), errors::carrier_unavailable);
  broker->start();
  while (!broker->send(lost)) {
  }
  EXPECT_EQ(stored_sequences().back(), 3);
}

TEST_P(Carriers, FailWhenTheBrokerHangs) {
  ASSERT_TRUE(broker->send(events(1, 1)));
  broker->hang();
  const auto late = events(2, 3);
  EXPECT_FALSE(broker->send(late));
  broker->go_on();
  while (!broker->send(late)) {
  }
  const auto stored = stored_sequences();
  EXPECT_EQ(stored.front(), 1);
  EXPECT_EQ(stored.back(), 3);
  // A batch that was sent twice is there as a whole, perhaps twice.
  EXPECT_THAT(stored, AnyOf(ElementsAre(1, 2, 3), ElementsAre(1, 2, 3, 2, 3)));
}

TEST_P(Carriers, SayWhatTheBrokerRefuses) {
  broker->spoil();
  const auto sent = broker->send(events(1, 2));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code(), errors::carrier_refused);
  EXPECT_NE(sent.error().cause(), "");
}

TEST_P(Carriers, StoreTheWholeEnvelopeInOrder) {
  EXPECT_TRUE(broker->send({}));
  const auto sent = events(1, 250);
  ASSERT_TRUE(broker->send({sent.begin(), sent.begin() + 100}));
  ASSERT_TRUE(broker->send({sent.begin() + 100, sent.end()}));
  const auto stored = broker->stored();
  ASSERT_EQ(stored.size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) ASSERT_EQ(schema::to_json(stored[i]), schema::to_json(sent[i])) << i;
}

TEST_P(Carriers, StoreARepetitionUnderTheSameId) {
  const auto sent = events(1, 3);
  ASSERT_TRUE(broker->send(sent));
  ASSERT_TRUE(broker->send(sent));
  ASSERT_TRUE(broker->send(events(4, 4)));
  const auto stored = broker->stored();
  EXPECT_EQ(stored.size(), 3 * broker->copies_of_a_repetition() + 1);
  EXPECT_EQ(std::ranges::count(stored, sent[1].id, &Event::id),
            static_cast<std::ptrdiff_t>(broker->copies_of_a_repetition()));
}

TEST(NatsUrls, AreChecked) {
  for (const char* url : {"", "nats://", "http://a", "nats://a,", "nats://a b", "nats://a,redis://b"})
    EXPECT_FALSE(check_nats_url(url)) << url;
  for (const char* url : {"nats://a", "nats://user:pass@a:4222", "tls://a:4222", "nats://a,nats://b:1"})
    EXPECT_TRUE(check_nats_url(url)) << url;
}

}  // namespace
}  // namespace ashlar::events
