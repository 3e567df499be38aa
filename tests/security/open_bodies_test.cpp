// SPDX-License-Identifier: Apache-2.0
// What a stranger can make the server read, hold and repeat. The routes come from the table, so that no new one is
// forgotten.
#include "ashlar/web/input_binding.hpp"
#include "tests/support/test_backend.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;

bool takes_body(Method method) { return method == Method::post || method == Method::put || method == Method::patch; }

std::vector<const web::Route*> open_routes_with_bodies(TestBackend& backend) {
  std::vector<const web::Route*> out;
  for (const auto& route : backend.application().app().routes()) {
    if (route->has_operation() && route->is_open() && takes_body(route->method)) out.push_back(route.get());
  }
  return out;
}

TEST(OpenBodies, AreBoundedByWhatTheirInputCanHold) {
  constexpr std::size_t bytes = 200'000;
  TestBackend backend;
  const auto routes = open_routes_with_bodies(backend);
  EXPECT_GE(routes.size(), 3U);
  for (const web::Route* route : routes) {
    const auto reply = backend.client().send({route->method, route->path, {}, std::string(bytes, ' ')});
    EXPECT_EQ(reply.status, 413) << route->path << ' ' << reply.body;
  }
}

// A member name of 10 MB came back in full.
TEST(OpenBodies, AreNotRepeatedAtLength) {
  TestBackend backend;
  for (const web::Route* route : open_routes_with_bodies(backend)) {
    const std::string body = "{\"" + std::string(10'000, 'n') + "\":1}";
    const auto reply = backend.client().send({route->method, route->path, {}, body});
    EXPECT_EQ(reply.status, 422) << route->path;
    EXPECT_LT(reply.body.size(), 2'000U) << route->path;
  }
}

// gzip bytes were "malformed JSON", and a plain body that was labelled gzip was taken.
TEST(OpenBodies, AreRefusedInACoding) {
  TestBackend backend;
  for (const web::Route* route : open_routes_with_bodies(backend)) {
    const auto reply = backend.client().send({route->method, route->path, {{"Content-Encoding", "gzip"}}, "{}"});
    EXPECT_EQ(reply.status, 415) << route->path;
    EXPECT_EQ(reply.header("Accept-Encoding"), "identity") << route->path;
  }
}

}  // namespace
}  // namespace ashlar::test
