// SPDX-License-Identifier: Apache-2.0
// The channels as server-sent events.
#include "tests/support/realtime_instances.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// A stream over HTTP/1.1.
class EventStream {
 public:
  EventStream(std::uint16_t port, const std::string& query, const std::string& headers) : client_(port) {
    client_.send("GET /api/realtime/events?" + query + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");
    head_ = client_.read_head();
  }
  [[nodiscard]] int status() const { return head_.status; }
  // The lines of the next event, without heartbeats; empty at the end of the stream.
  std::string next() {
    while (true) {
      const std::size_t end = text_.find("\n\n");
      if (end != text_.npos) {
        const std::string event = text_.substr(0, end + 1);
        text_.erase(0, end + 2);
        if (!event.starts_with(":")) return event;
        continue;
      }
      const std::string chunk = read_chunk();
      if (chunk.empty()) return {};
      text_ += chunk;
    }
  }
  static std::string id_of(const std::string& event) {
    const std::size_t at = event.find("id: ") + 4;
    return event.substr(at, event.find('\n', at) - at);
  }

 private:
  std::string read_chunk() {
    std::string size;
    while (!size.ends_with("\r\n")) size += client_.read(1);
    const std::size_t bytes = std::stoul(size, nullptr, 16);
    std::string out = bytes == 0 ? std::string() : client_.read(bytes);
    (void)client_.read(2);
    return out;
  }
  RawClient client_;
  RawResponse head_;
  std::string text_;
};

std::string bearer(const Person& who) { return "Authorization: Bearer " + who.token + "\r\n"; }

class RealtimeEvents : public testing::Test {
 protected:
  void make(const std::string& name) {
    EXPECT_EQ(backend.as(admin, Method::post, "/api/products", R"({"name":")" + name + R"(","price":"1.00"})").status,
              201);
  }

  RealtimeInstances instances;
  TestBackend& backend = instances.backend;
  const Person admin = backend.admin();
};

TEST_F(RealtimeEvents, NeedTheGuardOfEachChannel) {
  const Person ada = backend.person("ada");
  const auto status = [&](const std::string& query, const std::string& headers) {
    RawClient client(instances.port());
    return client.request("GET", "/api/realtime/events" + query, headers).status;
  };
  EXPECT_EQ(status("", bearer(ada)), 422);
  EXPECT_EQ(status("?channel=orders", ""), 401);
  EXPECT_EQ(status("?channel=products&channel=orders", ""), 401);
  EXPECT_EQ(status("?channel=products&channel=admin:audit", bearer(ada)), 403);
  EXPECT_EQ(status("?channel=dance", bearer(ada)), 404);
  EXPECT_EQ(EventStream(instances.port(), "channel=products", "").status(), 200) << "an open channel";
  EXPECT_EQ(EventStream(instances.port(), "channel=products&channel=orders", bearer(ada)).status(), 200);
}

TEST_F(RealtimeEvents, ResumeFromTheLastEventId) {
  std::string last;
  {
    EventStream stream(instances.port(), "channel=products&channel=posts", "");
    EXPECT_THAT(stream.next(), AllOf(HasSubstr(R"("type":"subscribed")"), HasSubstr(R"("channel":"products")")));
    EXPECT_THAT(stream.next(), HasSubstr(R"("channel":"posts")"));
    make("One");
    const std::string event = stream.next();
    EXPECT_THAT(event, AllOf(HasSubstr(R"("event":"product.created")"), HasSubstr(R"("name":"One")")));
    last = EventStream::id_of(event);
  }
  make("Two");
  EventStream stream(instances.port(), "channel=products&channel=posts", "Last-Event-ID: " + last + "\r\n");
  const std::vector<std::string> resumed{stream.next(), stream.next(), stream.next()};
  EXPECT_THAT(resumed,
              testing::UnorderedElementsAre(
                  AllOf(HasSubstr(R"("type":"subscribed")"), HasSubstr("products"), HasSubstr(R"("recovered":true)")),
                  AllOf(HasSubstr(R"("type":"subscribed")"), HasSubstr("posts"), HasSubstr(R"("recovered":true)")),
                  HasSubstr(R"("name":"Two")")));
  EventStream unknown(instances.port(), "channel=products", "Last-Event-ID: 7\r\n");
  EXPECT_THAT(unknown.next(), HasSubstr(R"("recovered":false)"));
}

TEST_F(RealtimeEvents, EndWithTheSession) {
  const Person ada = backend.person("ada");
  EventStream stream(instances.port(), "channel=orders", bearer(ada));
  EXPECT_THAT(stream.next(), HasSubstr(R"("type":"subscribed")"));
  ASSERT_EQ(backend.as(ada, Method::post, "/api/auth/logout").status, 204);
  EXPECT_THAT(stream.next(), HasSubstr(R"("code":"auth.token_revoked")"));
  EXPECT_EQ(stream.next(), "");
}

TEST_F(RealtimeEvents, EndWithADelayWhenTheInstanceStops) {
  EventStream stream(instances.port(), "channel=products", "");
  EXPECT_THAT(stream.next(), HasSubstr(R"("type":"subscribed")"));
  instances.application().realtime()->server().drain();
  EXPECT_THAT(stream.next(), AllOf(HasSubstr("retry: "), HasSubstr(R"("code":"realtime.restarting")")));
  EXPECT_EQ(stream.next(), "");
}

}  // namespace
}  // namespace ashlar::test
