// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <fstream>
#include <string>

namespace ashlar::test {

// The most memory that this process has had, in bytes.
inline std::size_t memory_peak() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != "VmHWM:") continue;
  std::size_t kilobytes = 0;
  status >> kilobytes;
  return kilobytes * 1024;
}

// What a transfer of 32 MiB may add to it. The sanitizers keep freed memory for a while.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::size_t peak_growth_max = 512 * 1024 * 1024;
#elif defined(__has_feature)
inline constexpr std::size_t peak_growth_max =
    (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ? 512 : 8) * 1024 * 1024;
#else
inline constexpr std::size_t peak_growth_max = 8 * 1024 * 1024;
#endif

}  // namespace ashlar::test
