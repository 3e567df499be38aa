// SPDX-License-Identifier: Apache-2.0
#include "ashlar/ashlar.hpp"
#include "ashlar/web/test_client.hpp"

#include <gtest/gtest.h>

void mount(ashlar::Routes& routes);  // hello.cpp

using namespace ashlar;

struct Hello : testing::Test {
  ManualClock clock{Timestamp::parse("2026-11-21T08:30:00Z").value()};
  SeededRandom random{1};
  Logger log{{.console = LogOptions::Console::none}, clock};
  App app{{}, {&clock, &random, &log}, nullptr, routes()};
  web::TestClient client{app};

  static Routes routes() {
    Routes out;
    mount(out);
    return out;
  }
};

TEST_F(Hello, RefusesWhatBreaksTheRules) {
  EXPECT_EQ(client.get("/greetings").status, 404);
  EXPECT_EQ(client.post("/greetings/Ada", "{}").status, 405);
  const auto reply = client.get("/greetings/Ada?times=4&tiems=2");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.at("/errors/0/path"), "times");
  EXPECT_EQ(reply.at("/errors/0/code"), "too_large");
  EXPECT_EQ(reply.at("/errors/1/path"), "tiems");
}

TEST_F(Hello, GreetsByName) {
  const auto reply = client.get("/greetings/Ada?times=2");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.at("/data/text"), "Hello, Ada! Hello, Ada!");
  EXPECT_EQ(reply.at("/data/at"), "2026-11-21T08:30:00.000Z");
}

TEST_F(Hello, DescribesItself) {
  EXPECT_EQ(client.get("/openapi.json").at("/paths/~1greetings~1{name}/get/summary"), "Greet somebody");
}
