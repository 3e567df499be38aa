// SPDX-License-Identifier: Apache-2.0
// What each content coding costs for JSON of three sizes, with an encoder kept and with a new one for each body.
#include "ashlar/http/compression.hpp"

#include <cstdint>
#include <cstdio>
#include <ctime>

namespace {

using namespace ashlar::http;

std::int64_t cpu_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

std::string json_of(std::size_t bytes) {
  std::string out = "{\"data\":[";
  for (std::uint64_t i = 0, x = 7; out.size() < bytes; ++i) {
    x = x * 6364136223846793005U + 1442695040888963407U;
    out += "{\"id\":\"" + std::to_string(x) + "\",\"name\":\"Product " + std::to_string(i) + "\",\"price\":\"" +
           std::to_string(x >> 54) + ".50\",\"createdAt\":\"2026-11-21T08:30:00.125Z\"},";
  }
  out.resize(bytes);
  return out;
}

}  // namespace

int main() {
  std::printf("%-6s %9s  %7s  %12s  %12s\n", "coding", "bytes", "to", "kept, us", "new, us");
  for (const ContentCoding coding : {ContentCoding::gzip, ContentCoding::brotli, ContentCoding::zstd}) {
    for (const std::size_t bytes : {4'096U, 32'768U, 1'048'576U}) {
      const std::string text = json_of(bytes);
      const auto kept = make_encoder(coding, {});
      const int rounds = bytes > 100'000 ? 10 : 200;
      std::string out;
      const auto measure = [&](bool reuse) {
        const std::int64_t began = cpu_nanoseconds();
        for (int i = 0; i < rounds; ++i) {
          out.clear();
          if (reuse) {
            kept->encode(text, Encoder::Until::finish, out);
          } else {
            make_encoder(coding, {})->encode(text, Encoder::Until::finish, out);
          }
        }
        return static_cast<double>(cpu_nanoseconds() - began) / rounds / 1000;
      };
      (void)measure(true);
      const double with_kept = measure(true);
      std::printf("%-6s %9zu  %6.1f%%  %12.1f  %12.1f\n", name_of(coding).data(), bytes,
                  100.0 * static_cast<double>(out.size()) / static_cast<double>(bytes), with_kept, measure(false));
    }
  }
}
