// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/trace_context.hpp"

#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::web {
namespace {

using detail::TestApp;
using testing::HasSubstr;
using testing::Not;

constexpr const char* trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string parent = std::string("00-") + trace_id + "-00f067aa0ba902b7-01";

TEST(TraceContext, BeginsATraceOfItsOwnWhereTheParentIsMalformed) {
  SeededRandom random(1);
  std::string upper = parent;
  upper[4] = 'B';
  for (const std::string& wrong : std::vector<std::string>{
           "",
           "00",
           upper,
           parent.substr(0, 54),
           parent + "-00",  // version 00 ends here
           parent + " ",
           " " + parent,
           "ff" + parent.substr(2),
           "0g" + parent.substr(2),
           "01" + parent.substr(2) + "x",
           "01" + parent.substr(2) + '-' + std::string(600, 'x'),
           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
           std::string("00-") + trace_id + "-0000000000000000-01",
           std::string("00-") + trace_id + "-00f067aa0ba902b7-0x",
           std::string("00_") + trace_id + "-00f067aa0ba902b7-01",
           std::string("00-") + trace_id + "_00f067aa0ba902b7-01",
           std::string("00-") + trace_id + "-00f067aa0ba902b7_01",
           parent + "," + parent,
       }) {
    EXPECT_FALSE(api::TraceContext::parse(wrong)) << wrong;
    const api::TraceContext trace(wrong, random);
    EXPECT_FALSE(trace.continues());
    EXPECT_NE(trace.trace_id(), trace_id);
    ASSERT_TRUE(api::TraceContext::parse(trace.traceparent())) << "what is passed on is well-formed";
    EXPECT_TRUE(trace.traceparent().ends_with("-01"));
  }
}

TEST(TraceContext, ContinuesTheCallersTraceInASpanOfItsOwn) {
  SeededRandom random(1);
  const api::TraceContext trace(parent, random);
  EXPECT_TRUE(trace.continues());
  EXPECT_EQ(trace.trace_id(), trace_id);
  EXPECT_NE(trace.span_id(), "00f067aa0ba902b7");
  EXPECT_EQ(trace.span_id().size(), 16U);
  EXPECT_EQ(trace.traceparent(), "00-" + std::string(trace_id) + '-' + std::string(trace.span_id()) + "-01");
  const auto flags = [&](std::string text) {
    return std::string(api::TraceContext(parent.substr(0, 53) + std::move(text), random).traceparent().substr(53));
  };
  EXPECT_EQ(flags("00"), "00") << "a caller that does not record is not made to";
  EXPECT_EQ(flags("02"), "00");
  EXPECT_EQ(flags("0b"), "01");
  EXPECT_TRUE(api::TraceContext("cc" + parent.substr(2) + "-what-comes-later", random).continues());
}

struct Traced {
  std::string trace, span, traceparent, state;
};
ASHLAR_DESCRIBE(Traced, trace, span, traceparent, state)
Result<api::Bare<Traced>> traced(api::Call& call) {
  const api::TraceContext& trace = call.trace();
  return api::Bare<Traced>{{std::string(trace.trace_id()), std::string(trace.span_id()),
                            std::string(call.trace().traceparent()), std::string(call.trace_state())}};
}
Result<> untraced(api::Call&) { return {}; }

void mount(Routes& routes) {
  routes.get("/traced", traced).open();
  routes.get("/untraced", untraced).open();
}

TEST(TraceContext, IsTheOperationsAndTheLogs) {
  TestApp app(mount);
  const auto reply =
      app->send({http::Method::get, "/traced", {{"traceparent", parent}, {"tracestate", "vendor=1"}}, {}});
  EXPECT_EQ(reply.at("/trace"), trace_id);
  EXPECT_EQ(reply.at("/state"), "vendor=1");
  EXPECT_EQ(reply.at("/traceparent"), "00-" + std::string(trace_id) + '-' + reply.at("/span") + "-01");
  EXPECT_THAT(app.log_lines(), HasSubstr(R"("traceId":")" + std::string(trace_id) + '"'));
  EXPECT_THAT(app.log_lines(), HasSubstr(R"("spanId":")" + reply.at("/span") + '"')) << "one span a request";
}

TEST(TraceContext, IsCreatedWhenAnOperationUsesIt) {
  TestApp app(mount);
  const auto reply =
      app->send({http::Method::get, "/traced", {{"traceparent", "nonsense"}, {"tracestate", "vendor=1"}}, {}});
  EXPECT_TRUE(api::TraceContext::parse(reply.at("/traceparent")));
  EXPECT_EQ(reply.at("/state"), "") << "it belongs to the trace that is not continued";
  EXPECT_THAT(app.log_lines(), HasSubstr(reply.at("/trace")));
  const auto two = app->send({http::Method::get, "/traced", {{"traceparent", parent}, {"traceparent", parent}}, {}});
  EXPECT_NE(two.at("/trace"), trace_id) << "two parents count as none";
}

TEST(TraceContext, OfAnUntracedRequestIsNotLogged) {
  TestApp app(mount);
  EXPECT_EQ(app->get("/untraced").status, 204);
  EXPECT_THAT(app.log_lines(), Not(HasSubstr("traceId")));
}

}  // namespace
}  // namespace ashlar::web
