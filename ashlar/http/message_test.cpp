// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/message.hpp"

#include <gtest/gtest.h>

namespace ashlar::http {
namespace {

Task<Result<>> nothing(BodyWriter&) { co_return Result<>{}; }

TEST(Message, MethodsAreTakenByTheirExactName) {
  for (const auto method : {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::remove,
                            Method::options, Method::trace, Method::connect}) {
    EXPECT_EQ(method_of(to_string(method)), method);
  }
  EXPECT_EQ(to_string(Method::remove), "DELETE");
  EXPECT_EQ(method_of("get"), Method::other);
  EXPECT_EQ(method_of("GETS"), Method::other);
  EXPECT_EQ(method_of(""), Method::other);
}

TEST(Message, ReasonsAreTheStandardOnes) {
  EXPECT_EQ(reason_of(200), "OK");
  EXPECT_EQ(reason_of(413), "Content Too Large");
  EXPECT_EQ(reason_of(431), "Request Header Fields Too Large");
  EXPECT_EQ(reason_of(299), "");
}

TEST(Message, AResetResponseIsAsNewAndKeepsItsMemory) {
  Response response;
  response.status = 404;
  response.headers.add("X", "1");
  response.body.assign(500, 'x');
  response.stream = nothing;
  response.stream_length = 3;
  const auto capacity = response.body.capacity();
  response.reset();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.count(), 0U);
  EXPECT_TRUE(response.body.empty());
  EXPECT_FALSE(response.stream);
  EXPECT_FALSE(response.stream_length);
  EXPECT_EQ(response.body.capacity(), capacity);
}

}  // namespace
}  // namespace ashlar::http
