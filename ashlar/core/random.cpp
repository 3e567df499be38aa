// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/random.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace ashlar {
namespace {

void from_kernel(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw std::system_error(errno, std::generic_category(), "getrandom");
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

// Bytes fetched ahead. Each is returned once and wiped.
struct Reserve {
  std::array<std::byte, 256> bytes;
  std::size_t left = 0;
};

}  // namespace

void SystemRandom::fill(std::span<std::byte> bytes) {
  thread_local Reserve reserve;
  if (bytes.size() > reserve.bytes.size() / 4) return from_kernel(bytes);
  if (reserve.left < bytes.size()) {
    from_kernel(reserve.bytes);
    reserve.left = reserve.bytes.size();
  }
  std::byte* from = reserve.bytes.data() + (reserve.left - bytes.size());
  std::memcpy(bytes.data(), from, bytes.size());
  std::memset(from, 0, bytes.size());
  reserve.left -= bytes.size();
}

void SeededRandom::fill(std::span<std::byte> bytes) {
  const std::scoped_lock lock(mutex_);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(engine_() & 0xff);
}

}  // namespace ashlar
