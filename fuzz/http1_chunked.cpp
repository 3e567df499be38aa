// SPDX-License-Identifier: Apache-2.0
// A chunked body. What comes out must not depend on how the bytes were cut; a body that is taken is written again by an
// encoder of the simplest kind and must come back the same.
#include "ashlar/http/detail/http1_chunked.hpp"

#include "fuzz/fuzz.hpp"

namespace ashlar::http::detail {
namespace {

using fuzz::Arrivals;
using Outcome = ChunkedDecoder::Outcome;

constexpr ChunkedLimits limits{.body_bytes_max = 2000, .extension_bytes_max = 40, .trailer_bytes_max = 80};

struct Decoded {
  std::string body;
  std::string ending;  // with the bytes that were consumed
};

Decoded decode(std::string_view bytes, Arrivals::Pieces pieces) {
  Arrivals arrivals(bytes, pieces);
  ChunkedDecoder decoder(limits);
  Decoded out;
  std::size_t at = 0;
  while (true) {
    const std::string_view input = arrivals.from(at);
    const ChunkedDecoder::Step step = decoder.step(input);
    if (step.consumed > input.size()) fuzz::broken("no more is consumed than there is");
    if ((step.outcome == Outcome::data) != !step.data.empty()) fuzz::broken("data is not empty");
    at += step.consumed;
    out.body.append(step.data);
    if (out.body.size() > limits.body_bytes_max) fuzz::broken("a body has its limit");
    switch (step.outcome) {
      case Outcome::data:
        break;
      case Outcome::need_more:
        if (step.consumed != input.size()) fuzz::broken("need_more has consumed everything");
        if (arrivals.more()) break;
        out.ending = "waits";
        return out;
      case Outcome::end:
        out.ending = "end at " + std::to_string(at);
        return out;
      case Outcome::malformed:
        out.ending = "malformed at " + std::to_string(at);
        return out;
      case Outcome::too_large:
        out.ending = "too large at " + std::to_string(at);
        return out;
    }
  }
}

std::string encode(std::string_view body) {
  constexpr std::size_t chunk_max = 7;
  std::string out;
  while (!body.empty()) {
    const std::string_view chunk = body.substr(0, chunk_max);
    out.append(std::to_string(chunk.size())).append("\r\n").append(chunk).append("\r\n");
    body.remove_prefix(chunk.size());
  }
  return out.append("0\r\n\r\n");
}

}  // namespace
}  // namespace ashlar::http::detail

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ashlar;
  using http::detail::decode;
  const std::string_view bytes = fuzz::text(data, size);
  const http::detail::Decoded at_once = decode(bytes, fuzz::Arrivals::Pieces::all_at_once);
  const http::detail::Decoded in_pieces = decode(bytes, fuzz::Arrivals::Pieces::small);
  fuzz::require_same(at_once.body, in_pieces.body, "a body does not depend on how its bytes were cut");
  fuzz::require_same(at_once.ending, in_pieces.ending, "its end does not depend on how its bytes were cut");
  if (at_once.ending.starts_with("end")) {
    const std::string again = http::detail::encode(at_once.body);
    fuzz::require_same(decode(again, fuzz::Arrivals::Pieces::small).body, at_once.body, "a body comes back the same");
  }
  return 0;
}
