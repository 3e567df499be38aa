// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/protocol.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::realtime::protocol {
namespace {

using testing::HasSubstr;

constexpr const char* at_7 = "0000000000000005:7";

template <class T>
T read_as(std::string_view text) {
  const auto message = read(text);
  if (!message) throw std::runtime_error(message.error().message);
  return std::get<T>(*message);
}

TEST(RealtimeProtocol, ReadsWhatClientsSend) {
  const auto subscribe = read_as<Subscribe>(R"({"type":"subscribe","id":"1","channel":"orders"})");
  EXPECT_EQ(subscribe.id.view(), "1");
  EXPECT_EQ(subscribe.channel.view(), "orders");
  EXPECT_EQ(subscribe.after, std::nullopt);
  const auto resume =
      read_as<Subscribe>(R"({"channel":"order:7","after":"0000000000000005:7","id":"2","type":"subscribe"})");
  EXPECT_EQ(resume.after, (Position{5, 7}));
  EXPECT_EQ(read_as<Unsubscribe>(R"({"type":"unsubscribe","id":"3","channel":"a"})").channel.view(), "a");
  EXPECT_EQ(read_as<Publish>(R"({"type":"publish","id":"4","channel":"room:a","payload":{"x":[1, 2]}})").payload.text(),
            R"({"x":[1,2]})");
  const auto call = read_as<CallOperation>(R"({"type":"call","id":"5","operation":"getOrder","input":{"id":"7"}})");
  EXPECT_EQ(call.operation.view(), "getOrder");
  EXPECT_EQ(call.input.text(), R"({"id":"7"})");
  EXPECT_EQ(read_as<Ping>(R"({"type":"ping"})").id, std::nullopt);
  EXPECT_EQ(read_as<Ping>(R"({"type":"ping","id":"6"})").id->view(), "6");
}

TEST(RealtimeProtocol, RefusesWhatIsMalformed) {
  for (const char* bad : {"", "{", "[", "{}{}", R"({"type":"ping",})", "\xFF", R"({"type":"ping","id":"\ud800"})"}) {
    const auto message = read(bad);
    ASSERT_FALSE(message) << bad;
    EXPECT_EQ(message.error().code, "request.malformed_json") << bad;
    EXPECT_EQ(message.error().id, std::nullopt);
  }
}

TEST(RealtimeProtocol, SaysWhatIsInvalid) {
  struct Case {
    const char* text;
    std::optional<std::string> id;
    const char* message;
  };
  const std::string long_name = R"({"type":"unsubscribe","id":"1","channel":")" + std::string(201, 'c') + "\"}";
  for (const Case& bad :
       {Case{R"({"type":"subscribe","id":"1"})", "1", "/channel: "},
        Case{R"({"type":"subscribe","channel":"a"})", {}, "/id: "},
        Case{R"({"type":"subscribe","id":7,"channel":"a"})", {}, "/id: "},
        Case{R"({"type":"subscribe","id":"","channel":"a"})", {}, "/id: "},
        Case{R"({"type":"subscribe","id":"1","channel":"a","after":"7"})", "1", "/after: is not a position"},
        Case{R"({"type":"subscribe","id":"1","channel":"a","since":"7"})", "1", "/since: "},
        Case{R"({"type":"subscribe","id":"1","channel":"a\nb"})", "1", "/channel: "},
        Case{long_name.c_str(), "1", "/channel: "},
        Case{R"({"type":"publish","id":"1","channel":"a","payload":7})", "1", "/payload: "},
        Case{R"({"type":"call","id":"1","operation":"a"})", "1", "/input: "},
        Case{R"({"type":"dance","id":"1"})", "1", "/type: "}, Case{R"({"id":"1"})", "1", "/type: "},
        Case{R"(["ping"])", {}, ""}, Case{R"("ping")", {}, ""}}) {
    const auto message = read(bad.text);
    ASSERT_FALSE(message) << bad.text;
    EXPECT_EQ(message.error().code, "request.invalid") << bad.text;
    EXPECT_EQ(message.error().id, bad.id) << bad.text;
    EXPECT_THAT(message.error().message, testing::StartsWith(bad.message)) << bad.text;
  }
}

TEST(RealtimeProtocol, WritesWhatTheServerSends) {
  const Position position{5, 7};
  EXPECT_EQ(write(Subscribed{.id = "1", .channel = "a", .position = position, .recovered = false}),
            R"({"type":"subscribed","id":"1","channel":"a","position":"0000000000000005:7","recovered":false})");
  EXPECT_EQ(write(Event{.channel = "a",
                        .position = position,
                        .event = "order.paid",
                        .data = JsonObject::trusted(R"({"id":"7"})"),
                        .at = Timestamp::from_milliseconds(0)}),
            R"({"type":"event","channel":"a","position":"0000000000000005:7","event":"order.paid","data":{"id":"7"},)"
            R"("at":"1970-01-01T00:00:00.000Z"})");
  EXPECT_EQ(write(PublishedAt{.id = "1", .channel = "a", .position = position}),
            R"({"type":"published","id":"1","channel":"a","position":"0000000000000005:7"})");
  EXPECT_EQ(write(CallResult{.id = "1", .data = {}}), R"({"type":"result","id":"1","data":{}})");
  EXPECT_EQ(write(Pong{}), R"({"type":"pong"})");
  EXPECT_EQ(write(Pong{.id = "1"}), R"({"type":"pong","id":"1"})");
  EXPECT_EQ(write(Presence{.channel = "a", .change = PresenceOf::joined, .members = {{.key = "ada", .info = {}}}}),
            R"({"type":"presence","channel":"a","change":"joined","members":[{"key":"ada","info":{}}]})");
  EXPECT_EQ(write(Failure{.id = std::nullopt, .code = "c", .message = "\"m\""}),
            R"({"type":"error","code":"c","message":"\"m\""})");
}

TEST(RealtimeProtocol, PassesErrorsOn) {
  const Failure simple = failure("1", Error(ashlar::errors::overloaded, "Later.").with_cause("a secret"));
  EXPECT_EQ(write(simple), R"({"type":"error","id":"1","code":"server.overloaded","message":"Later."})");
  const Failure faulty = failure("1", invalid_input("/price", "too_large", "must be at most 5"));
  EXPECT_EQ(faulty.message, "/price: must be at most 5");
}

TEST(RealtimeProtocol, ResumesFromThePositionThatItSent) {
  const std::string sent = write(Subscribed{.id = "1", .channel = "a", .position = {5, 7}});
  EXPECT_THAT(sent, HasSubstr(at_7));
  const auto again =
      read_as<Subscribe>(R"({"type":"subscribe","id":"2","channel":"a","after":")" + std::string(at_7) + "\"}");
  EXPECT_EQ(again.after, (Position{5, 7}));
}

}  // namespace
}  // namespace ashlar::realtime::protocol
