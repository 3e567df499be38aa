// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/websocket_handshake.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::realtime {
namespace {

constexpr const char* accepted = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

TEST(WebSocketHandshake, RefusesKeysOfAnotherLength) {
  for (const char* key : {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "AAAA",
                          "!!!!!!!!!!!!!!!!!!!!!!==", "dGhlIHNhbXBsZSBub25jZQAA"})
    EXPECT_EQ(accept_key(key), std::nullopt) << key;
}

TEST(WebSocketHandshake, ComputesTheAcceptValueOfTheRfc) {  // RFC 6455 section 1.3
  EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocketHandshake, DeclinesOffersItCannotKeep) {
  for (const char* offers :
       {"", "permessage-bzip2", "permessage-deflate; unknown", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=14", "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=015", "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=8x", "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_max_window_bits; client_max_window_bits", "x-webkit-deflate-frame"})
    EXPECT_EQ(accept_deflate(offers), std::nullopt) << offers;
}

TEST(WebSocketHandshake, AcceptsTheFirstOfferItCanKeep) {
  for (const char* offers :
       {"permessage-deflate", "permessage-deflate; client_max_window_bits",
        "permessage-deflate;client_max_window_bits=9",
        "permessage-deflate; server_max_window_bits=\"15\"; server_no_context_takeover; client_no_context_takeover",
        "foo, permessage-deflate; server_max_window_bits=10, permessage-deflate"})
    EXPECT_EQ(accept_deflate(offers), accepted) << offers;
}

TEST(WebSocketHandshake, ReadsOfferedProtocols) {
  using testing::ElementsAre;
  using testing::Optional;
  EXPECT_EQ(offered_protocols("a, b c"), std::nullopt);
  EXPECT_EQ(offered_protocols("a, a"), std::nullopt);
  EXPECT_THAT(offered_protocols(""), Optional(ElementsAre()));
  EXPECT_THAT(offered_protocols("ashlar.v1,bearer.a.b-c_d ,"), Optional(ElementsAre("ashlar.v1", "bearer.a.b-c_d")));
}

}  // namespace
}  // namespace ashlar::realtime
