// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <malloc.h>

#include <cstddef>
#include <fstream>
#include <string>

namespace ashlar::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool under_sanitizer = true;
#elif defined(__has_feature)
inline constexpr bool under_sanitizer = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool under_sanitizer = false;
#endif

// The most memory that this process has had, in bytes.
inline std::size_t memory_peak() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != "VmHWM:") continue;
  std::size_t kilobytes = 0;
  status >> kilobytes;
  return kilobytes * 1024;
}

// What malloc has given out, in bytes; of no use under the sanitizers, which have one of their own.
inline std::size_t memory_held() { return ::mallinfo2().uordblks; }

// What a transfer of 32 MiB may add to it. The sanitizers keep freed memory for a while.
inline constexpr std::size_t peak_growth_max = (under_sanitizer ? 512 : 8) * 1024 * 1024;

}  // namespace ashlar::test
