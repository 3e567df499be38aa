// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

// What the fuzz targets share. Each target is one function over bytes; it ends the process when what it holds to be
// true is not, so that libFuzzer keeps the input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace ashlar::fuzz {

inline std::string_view text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

[[noreturn]] inline void broken(std::string_view rule) {
  std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(rule.size()), rule.data());
  std::abort();
}

inline void require_same(std::string_view a, std::string_view b, std::string_view rule) {
  if (a == b) return;
  std::fprintf(stderr, "--- one:\n%.*s\n--- other:\n%.*s\n", static_cast<int>(a.size()), a.data(),
               static_cast<int>(b.size()), b.data());
  broken(rule);
}

// Bytes that arrive piece by piece, each time in memory of their exact size, so that a view that was kept too long or
// reads too far is found out.
class Arrivals {
 public:
  enum class Pieces : std::uint8_t { all_at_once, small };

  Arrivals(std::string_view bytes, Pieces pieces) : bytes_(bytes), pieces_(pieces), random_(bytes.size() | 1) {}

  // false: there is no more.
  bool more() {
    if (arrived_.size() == bytes_.size()) return false;
    random_ = random_ * 6364136223846793005U + 1442695040888963407U;
    const std::size_t left = bytes_.size() - arrived_.size();
    const std::size_t piece = pieces_ == Pieces::small ? std::min<std::size_t>(left, 1 + (random_ >> 33) % 24) : left;
    const std::string_view now = bytes_.substr(0, arrived_.size() + piece);
    arrived_ = std::vector<char>(now.begin(), now.end());
    return true;
  }
  [[nodiscard]] std::string_view from(std::size_t offset) const {
    return std::string_view(arrived_.data(), arrived_.size()).substr(offset);
  }

 private:
  std::string_view bytes_;
  Pieces pieces_;
  std::uint64_t random_;
  std::vector<char> arrived_;
};

}  // namespace ashlar::fuzz
