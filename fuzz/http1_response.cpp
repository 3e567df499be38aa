// SPDX-License-Identifier: Apache-2.0
// The head of a response that a client receives. What comes out must not depend on how the bytes were cut, and must
// hold nothing that the grammar forbids.
#include "ashlar/http/client/detail/http1_response_head.hpp"
#include "ashlar/http/detail/characters.hpp"
#include "ashlar/http/field_syntax.hpp"
#include "fuzz/fuzz.hpp"

namespace ashlar::http::detail {
namespace {

using fuzz::Arrivals;
using Progress = Http1ResponseHeadDecoder::Progress;

constexpr ResponseHeadLimits limits{.bytes_max = 600, .fields_max = 10};

void check(const ReceivedHead& head) {
  if (head.status < 100 || head.status > 599 || head.status == 101) fuzz::broken("a status is 100 to 599, and not 101");
  if (head.bytes > limits.bytes_max) fuzz::broken("a head has its limit");
  if (head.fields.all().size() > limits.fields_max) fuzz::broken("the number of fields has its limit");
  for (const OwnedField& field : head.fields.all()) {
    if (!is_token(field.name)) fuzz::broken("the name of a field is a token");
    if (!is_field_value(field.value) || trimmed(field.value) != field.value)
      fuzz::broken("a value is one, and trimmed");
  }
  const bool has_length = head.fields.count("Content-Length") > 0;
  const bool chunked = head.fields.count("Transfer-Encoding") > 0;
  if (has_length && chunked) fuzz::broken("a message has one framing");
  if (head.fields.count("Content-Length") > 1) fuzz::broken("a message has one length");
  if (head.framing == ReceivedHead::Framing::until_close && head.keep_alive) fuzz::broken("what has no length ends it");
}

std::string decode(std::string_view bytes, Arrivals::Pieces pieces, Method method) {
  Arrivals arrivals(bytes, pieces);
  Http1ResponseHeadDecoder decoder(limits, method);
  while (true) {
    switch (decoder.decode(arrivals.from(0))) {
      case Progress::need_more:
        if (arrivals.more()) continue;
        return "waits";
      case Progress::malformed:
        return std::string("malformed: ") + decoder.broken_rule();
      case Progress::too_large:
        return "too large";
      case Progress::ready:
        break;
    }
    const ReceivedHead& head = decoder.head();
    check(head);
    std::string out = std::to_string(head.status) + " " + std::to_string(head.bytes) + " " +
                      std::to_string(static_cast<int>(head.framing)) + " " + std::to_string(head.content_length) +
                      (head.keep_alive ? " kept" : "");
    for (const OwnedField& field : head.fields.all()) out += "\n" + field.name + ": " + field.value;
    return out;
  }
}

}  // namespace
}  // namespace ashlar::http::detail

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ashlar;
  using http::detail::decode;
  const std::string_view bytes = fuzz::text(data, size);
  for (const http::Method method : {http::Method::get, http::Method::head}) {
    fuzz::require_same(decode(bytes, fuzz::Arrivals::Pieces::all_at_once, method),
                       decode(bytes, fuzz::Arrivals::Pieces::small, method),
                       "a head does not depend on how its bytes were cut");
  }
  return 0;
}
