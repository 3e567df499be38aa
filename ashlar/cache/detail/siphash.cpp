// SPDX-License-Identifier: Apache-2.0
#include "ashlar/cache/detail/siphash.hpp"

#include <bit>
#include <cstddef>
#include <cstring>

namespace ashlar::cache::detail {
namespace {

struct Sip {
  std::uint64_t a, b, c, d;

  void round() {
    a += b;
    b = std::rotl(b, 13) ^ a;
    a = std::rotl(a, 32);
    c += d;
    d = std::rotl(d, 16) ^ c;
    a += d;
    d = std::rotl(d, 21) ^ a;
    c += b;
    b = std::rotl(b, 17) ^ c;
    c = std::rotl(c, 32);
  }
  void take(std::uint64_t word) {
    d ^= word;
    round();
    a ^= word;
  }
};

std::uint64_t word_of(const char* bytes, std::size_t count) {
  std::uint64_t out = 0;
  std::memcpy(&out, bytes, count);
  if constexpr (std::endian::native == std::endian::big) out = __builtin_bswap64(out);
  return out;
}

}  // namespace

std::uint64_t siphash(std::string_view text, const HashSeed& seed) {
  Sip sip{.a = seed[0] ^ 0x736f6d6570736575ULL,  // the paper's four constants
          .b = seed[1] ^ 0x646f72616e646f6dULL,
          .c = seed[0] ^ 0x6c7967656e657261ULL,
          .d = seed[1] ^ 0x7465646279746573ULL};
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; at += 8, left -= 8) sip.take(word_of(at, 8));
  sip.take((left == 0 ? 0 : word_of(at, left)) | static_cast<std::uint64_t>(text.size()) << 56);
  sip.c ^= 0xff;
  for (int i = 0; i < 3; ++i) sip.round();
  return sip.a ^ sip.b ^ sip.c ^ sip.d;
}

}  // namespace ashlar::cache::detail
