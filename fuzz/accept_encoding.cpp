// SPDX-License-Identifier: Apache-2.0
// Accept-Encoding: the best coding is one that is taken, there is one whenever identity is taken, and a second field
// with the same says nothing new.
#include "ashlar/http/content_coding.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace ashlar;
using http::ContentCoding;

constexpr std::array offered{ContentCoding::zstd, ContentCoding::brotli, ContentCoding::gzip};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<char> exact(data, data + size);  // nothing behind it may be read
  const std::string_view field(exact.data(), exact.size());
  http::AcceptedCodings once, twice;
  once.add(field);
  twice.add(field);
  twice.add(field);
  for (std::size_t count = 0; count <= offered.size(); ++count) {
    const std::span some = std::span(offered).first(count);
    const auto best = once.best(some);
    if (best && !once.takes(*best)) fuzz::broken("the best is one that is taken");
    if (best && *best != ContentCoding::identity && std::ranges::find(some, *best) == some.end())
      fuzz::broken("the best is one that is on offer");
    if (!best && once.takes(ContentCoding::identity)) fuzz::broken("who takes identity is refused nothing");
    if (!best) {
      for (const ContentCoding coding : some)
        if (once.takes(coding)) fuzz::broken("who takes one that is on offer is refused nothing");
    }
    if (twice.best(some) != best) fuzz::broken("saying it again changes nothing");
  }
  if (size == 0 && once.best(offered) != ContentCoding::identity) fuzz::broken("who says nothing gets identity");
  return 0;
}
