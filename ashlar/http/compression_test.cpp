// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/compression.hpp"

#include "tests/support/decode.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar::http {
namespace {

constexpr std::array codings{ContentCoding::gzip, ContentCoding::brotli, ContentCoding::zstd};

std::string text_of(std::size_t bytes) {
  std::string text;
  for (unsigned i = 0; text.size() < bytes; ++i) text += "line " + std::to_string(i * 2654435761U % 1000) + "\n";
  text.resize(bytes);
  return text;
}

TEST(Encoder, RefusesInvalidLevels) {
  EXPECT_THROW((void)make_encoder(ContentCoding::identity, {}), std::invalid_argument);
  EXPECT_THROW((void)make_encoder(ContentCoding::gzip, {.gzip = 0}), std::invalid_argument);
  EXPECT_THROW((void)make_encoder(ContentCoding::gzip, {.gzip = 10}), std::invalid_argument);
  EXPECT_THROW((void)make_encoder(ContentCoding::brotli, {.brotli = 12}), std::invalid_argument);
  EXPECT_THROW((void)make_encoder(ContentCoding::zstd, {.zstd = 20}), std::invalid_argument);
  EXPECT_THROW(EncoderPool({.levels = {.zstd = 0}}), std::invalid_argument);
}

TEST(Encoder, GivesBackWhatWasPutIn) {
  for (const auto coding : codings) {
    const auto encoder = make_encoder(coding, {});
    for (const std::size_t bytes : {0U, 1U, 1000U, 300'000U, 10U}) {  // one encoder for all
      const std::string text = text_of(bytes);
      std::string out = "before";
      encoder->encode(text, Encoder::Until::finish, out);
      ASSERT_TRUE(out.starts_with("before"));
      EXPECT_EQ(test::decode(name_of(coding), out.substr(6)), text) << name_of(coding) << ' ' << bytes;
      if (bytes >= 1000) EXPECT_LT(out.size(), bytes / 2) << name_of(coding);
    }
  }
}

TEST(Encoder, TakesABodyInPieces) {
  for (const auto coding : codings) {
    const auto encoder = make_encoder(coding, {});
    const std::string text = text_of(100'000);
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += 777)
      encoder->encode(std::string_view(text).substr(at, 777), Encoder::Until::enough, out);
    encoder->encode({}, Encoder::Until::finish, out);
    EXPECT_EQ(test::decode(name_of(coding), out), text) << name_of(coding);
  }
}

TEST(Encoder, AFlushShowsAllThatCameBefore) {
  for (const auto coding : codings) {
    const auto encoder = make_encoder(coding, {});
    std::string out;
    encoder->encode("what was said so far", Encoder::Until::flush, out);
    EXPECT_EQ(test::decode_begun(name_of(coding), out), "what was said so far") << name_of(coding);
  }
}

TEST(Encoder, ForgetsABodyThatWasNotFinished) {
  for (const auto coding : codings) {
    const auto encoder = make_encoder(coding, {});
    std::string out;
    encoder->encode(text_of(50'000), Encoder::Until::enough, out);
    encoder->reset();
    out.clear();
    encoder->encode("another", Encoder::Until::finish, out);
    EXPECT_EQ(test::decode(name_of(coding), out), "another") << name_of(coding);
  }
}

TEST(EncoderPool, LendsNoMoreThanItMay) {
  EncoderPool pool({.encoders_max = 2, .encoders_kept_max = 1});
  auto first = pool.take(ContentCoding::gzip);
  {
    const auto second = pool.take(ContentCoding::zstd);
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(pool.take(ContentCoding::gzip));
  }
  EXPECT_TRUE(pool.take(ContentCoding::gzip)) << "one was given back";
}

TEST(EncoderPool, WhatALeaseLeavesUnfinishedIsNotTheNextOnes) {
  EncoderPool pool({.encoders_kept_max = 1});
  std::string out;
  (*pool.take(ContentCoding::gzip))->encode("left behind", Encoder::Until::enough, out);
  out.clear();
  (*pool.take(ContentCoding::gzip))->encode("mine", Encoder::Until::finish, out);
  EXPECT_EQ(test::decode("gzip", out), "mine");
}

}  // namespace
}  // namespace ashlar::http
