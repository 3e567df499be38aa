// SPDX-License-Identifier: Apache-2.0
#include "ashlar/cache/detail/store.hpp"

#include "ashlar/cache/detail/siphash.hpp"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace ashlar::cache::detail {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t bytes_each = 1000;
const Clock::Steady now{1h};

class StoreTest : public testing::Test {
 protected:
  void put(std::uint64_t number) {
    auto entry = std::make_unique<Entry>();
    entry->key = std::to_string(number);
    entry->hash = number;
    entry->bytes = bytes_each;
    entry->gone_at = now + 1h;
    store.put(std::move(entry));
  }
  bool has(std::uint64_t number) { return store.find(number, std::to_string(number), now) != nullptr; }
  // As a cache does: looks, and puts what was not there.
  bool ask(std::uint64_t number) {
    Entry* const entry = store.find(number, std::to_string(number), now);
    if (entry != nullptr) {
      Store::touch(*entry);
    } else {
      put(number);
    }
    return entry != nullptr;
  }

  Store store{100 * bytes_each};
};

TEST_F(StoreTest, DoesNotFindAnotherKeyOfTheSameHash) {
  put(1);
  EXPECT_EQ(store.find(1, "other", now), nullptr);
  EXPECT_TRUE(has(1));
}

TEST_F(StoreTest, DropsWhatIsOver) {
  put(1);
  EXPECT_EQ(store.find(1, "1", now + 1h), nullptr);
  EXPECT_EQ(store.bytes(), 0U);
}

TEST_F(StoreTest, IsNeverOverItsBytes) {
  std::minstd_rand random(1);
  for (int i = 0; i < 20'000; ++i) {
    ask(random() % 400);
    ASSERT_LE(store.bytes(), 100 * bytes_each);
    if (i % 97 == 0) store.erase(random() % 400, std::to_string(i % 400));
  }
  EXPECT_GT(store.bytes(), 80 * bytes_each);
  store.clear();
  EXPECT_EQ(store.bytes(), 0U);
}

TEST_F(StoreTest, AScanDoesNotEvictUsedEntries) {
  for (int round = 0; round < 4; ++round)
    for (std::uint64_t hot = 0; hot < 40; ++hot) ask(hot);
  for (std::uint64_t once = 1'000; once < 6'000; ++once) ask(once);
  int left = 0;
  for (std::uint64_t hot = 0; hot < 40; ++hot) left += has(hot) ? 1 : 0;
  EXPECT_EQ(left, 40);
}

TEST_F(StoreTest, WhatComesAgainSoonStays) {
  for (std::uint64_t i = 0; i < 200; ++i) put(i);
  std::uint64_t evicted = 0;
  for (std::uint64_t i = 0; i < 200; ++i)
    if (!has(i)) evicted = i;  // the last that had to go
  put(evicted);
  for (std::uint64_t i = 1'000; i < 1'060; ++i) put(i);
  EXPECT_TRUE(has(evicted));
}

// Requests with a few popular keys and many rare ones: it must do better than to forget the oldest.
TEST_F(StoreTest, HitsMoreOftenThanFirstInFirstOut) {
  std::mt19937 random(42);
  std::vector<double> weights;
  for (int i = 0; i < 2'000; ++i) weights.push_back(1.0 / (i + 1));
  std::discrete_distribution<std::uint64_t> zipf(weights.begin(), weights.end());
  std::vector<std::uint64_t> queue;
  int hits = 0;
  int fifo_hits = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::uint64_t number = zipf(random);
    hits += ask(number) ? 1 : 0;
    if (std::find(queue.begin(), queue.end(), number) != queue.end()) {
      ++fifo_hits;
    } else {
      queue.push_back(number);
      if (queue.size() > 100) queue.erase(queue.begin());
    }
  }
  EXPECT_GT(hits, fifo_hits * 11 / 10) << "of first in, first out: " << fifo_hits;
}

// SipHash-1-3 with an 8 byte result, by OpenSSL.
std::uint64_t siphash_of_openssl(std::string_view text, const HashSeed& seed) {
  std::array<unsigned char, 16> key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(seed[i / 8] >> (i % 8 * 8));
  std::size_t size = 8;
  unsigned int compression_rounds = 1, finalization_rounds = 3;
  const std::array<OSSL_PARAM, 4> parameters = {
      OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
      OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_C_ROUNDS, &compression_rounds),
      OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_D_ROUNDS, &finalization_rounds), OSSL_PARAM_construct_end()};
  std::array<unsigned char, 16> out{};
  std::size_t length = 0;
  EVP_Q_mac(nullptr, "SIPHASH", nullptr, nullptr, parameters.data(), key.data(), key.size(),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), out.size(), &length);
  EXPECT_EQ(length, 8U);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number |= std::uint64_t{out[i]} << (i * 8);
  return number;
}

TEST(SipHash, IsWhatOpenSslComputes) {
  // The key of the paper's test vectors (appendix A): the bytes 0 to 15.
  const HashSeed seed{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  std::string text;
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(siphash(text, seed), siphash_of_openssl(text, seed)) << i;
    EXPECT_EQ(siphash(text, {0, 0}), siphash_of_openssl(text, {0, 0})) << i;
    text += static_cast<char>(i);
  }
}

TEST(SipHash, DependsOnEveryByteAndTheSeed) {
  const HashSeed seed{1, 2};
  std::vector<std::uint64_t> seen;
  std::string text;
  for (int i = 0; i < 40; ++i) {
    seen.push_back(siphash(text, seed));
    seen.push_back(siphash(text, HashSeed{1, 3}));
    if (!text.empty()) {
      text.back() = 'b';
      seen.push_back(siphash(text, seed));
    }
    text += 'a';
  }
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
}

TEST(Tags, ThoseThatNothingHasAreForgotten) {
  Tags tags;
  const auto kept = tags.mark({"kept"});
  for (int i = 0; i < 10'000; ++i) tags.mark({std::to_string(i)});
  EXPECT_LT(tags.size(), 200U);
  tags.invalidate("kept");
  EXPECT_FALSE(kept.front().holds());
}

}  // namespace
}  // namespace ashlar::cache::detail
