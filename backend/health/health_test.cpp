// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::test {
namespace {

TEST(Health, SaysTheTimeAndTheEnvironment) {
  TestBackend backend;
  const auto reply = backend.client().get("/health");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"status":"ok","timestamp":"2026-05-04T08:30:00.000Z","environment":"test"})");
}

TEST(Health, IsReadyWhileTheDatabaseAnswersAndNothingDrains) {
  TestBackend backend;
  EXPECT_EQ(backend.client().get("/health/ready").body,
            R"({"status":"ok","missing":[],"checks":[{"name":"draining","status":"ok"},)"
            R"({"name":"database","status":"ok"}]})");
  backend.application().readiness().begin_draining();
  const auto reply = backend.client().get("/health/ready");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body,
            R"({"status":"unavailable","missing":["draining"],"checks":[{"name":"draining","status":"failed"},)"
            R"({"name":"database","status":"ok"}]})");
  EXPECT_EQ(backend.client().get("/health").status, 200);
  EXPECT_EQ(backend.client().get("/health/live").status, 200);
}

TEST(Health, IsNotReadyWithoutItsDatabase) {
  TestBackend backend;
  backend.database().close();
  const auto reply = backend.client().get("/health/ready");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.at("/missing/0"), "database");
  EXPECT_EQ(backend.client().get("/health/live").status, 200);

  const auto list = backend.client().get("/api/products");
  EXPECT_EQ(list.status, 503);
  EXPECT_EQ(list.at("/code"), "database.unavailable");
  EXPECT_FALSE(list.header("Retry-After").empty());
}

TEST(Health, TheDescriptionAndTheMetricsAreThere) {
  TestBackend backend;
  const auto openapi = backend.client().get("/openapi.json");
  EXPECT_EQ(openapi.status, 200);
  EXPECT_EQ(openapi.at("/openapi"), "3.1.0");
  EXPECT_TRUE(openapi.has("/paths/~1api~1auth~1login/post"));
  EXPECT_EQ(backend.client().get("/docs").status, 200);
  EXPECT_THAT(backend.client().get("/metrics").body, testing::HasSubstr("# TYPE"));
}

TEST(Health, WhatIsNowhereIsNotFound) {
  TestBackend backend;
  expect_refusals(backend.client(),
                  {{"nowhere", "GET /api/nothing", "", 404, "route.not_found"},
                   {"a method that is not there", "DELETE /health", "", 405, "route.method_not_allowed"}});
}

}  // namespace
}  // namespace ashlar::test
