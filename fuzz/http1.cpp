// SPDX-License-Identifier: Apache-2.0
// A connection's bytes as HTTP/1 requests with their bodies, one behind the other. What comes out must not depend on
// how they were cut, and a request that is taken must be what docs/design/http1.md promises.
#include "ashlar/http/detail/characters.hpp"
#include "ashlar/http/detail/http1_chunked.hpp"
#include "ashlar/http/detail/http1_request.hpp"
#include "ashlar/http/field_syntax.hpp"
#include "fuzz/fuzz.hpp"

namespace ashlar::http::detail {
namespace {

using fuzz::Arrivals;
using Progress = Http1RequestDecoder::Progress;

// Small, so that short inputs reach them.
constexpr Limits limits{.request_line_bytes_max = 200,
                        .header_bytes_max = 400,
                        .header_count_max = 10,
                        .chunk_extension_bytes_max = 30,
                        .trailer_bytes_max = 60,
                        .body_bytes_max = 300};

bool within(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

bool are_digits(std::string_view value) {
  return !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
}

// What two programs on one connection must see alike: the length.
void check_framing(const Request& request, const RequestHead& head) {
  const std::size_t lengths = request.headers.count("Content-Length");
  const std::size_t codings = request.headers.count("Transfer-Encoding");
  if (lengths + codings > 1) fuzz::broken("a request says its length once");
  if (codings == 1 && !equal_without_case(request.headers.get("Transfer-Encoding"), "chunked")) {
    fuzz::broken("the only coding is chunked");
  }
  if (lengths == 1 && !are_digits(request.headers.get("Content-Length"))) fuzz::broken("a length is digits");
  if ((head.framing == BodyFraming::chunked) != (codings == 1)) fuzz::broken("chunked means Transfer-Encoding");
  if (head.framing == BodyFraming::length && lengths == 0) fuzz::broken("a length means Content-Length");
  if (head.framing == BodyFraming::none && lengths == 1 &&
      request.headers.get("Content-Length").find_first_not_of('0') != std::string_view::npos) {
    fuzz::broken("a length is not overlooked");
  }
  if (head.content_length > limits.body_bytes_max) fuzz::broken("a body has its limit");
  if (request.version == Version::http_1_0 && codings > 0) fuzz::broken("HTTP/1.0 has no codings");
}

void check_request(const Request& request, const RequestHead& head, std::string_view input) {
  const std::string_view bytes = input.substr(0, head.bytes);
  if (!bytes.ends_with("\r\n\r\n")) fuzz::broken("a head ends with a blank line");
  for (const std::string_view part :
       {request.method_name, request.target, request.path, request.query, request.authority}) {
    const bool constant = part == "/" || part == "*";
    if (!constant && !within(part, bytes)) fuzz::broken("a request's views are of its bytes");
  }
  if (!is_token(request.method_name)) fuzz::broken("a method is a token");
  if (request.path.empty() || (request.path.front() != '/' && request.path != "*")) {
    fuzz::broken("a path begins with a slash");
  }
  if (request.target.find_first_of(std::string_view(" \t\r\n\0#", 6)) != std::string_view::npos) {
    fuzz::broken("a target has no blanks");
  }
  const std::size_t hosts = request.headers.count("Host");
  if (hosts > 1 || (hosts == 0 && request.version == Version::http_1_1)) fuzz::broken("there is one Host");
  if (!request.authority.empty() && !is_host_and_port(request.authority)) fuzz::broken("a host is one");
  if (request.headers.all().size() > limits.header_count_max) fuzz::broken("fields have their limit");
  for (const Field& field : request.headers.all()) {
    if (!is_token(field.name) || !is_field_value(field.value)) fuzz::broken("a field is one");
    if (!within(field.name, bytes) || !within(field.value, bytes)) fuzz::broken("a field's views are of its bytes");
  }
  check_framing(request, head);
}

void tell(const Request& request, const RequestHead& head, std::string& out) {
  out.append(request.method_name).append(" ").append(request.path).append("?").append(request.query).append(" ");
  out.append(request.authority).append(head.keep_alive ? " keep" : " close");
  out.append(head.expects_continue ? " expects " : " ").append(std::to_string(head.content_length)).append("\n");
  for (const Field& field : request.headers.all()) {
    out.append(field.name).append("=").append(field.value).append("\n");
  }
}

// false: the connection ends here.
bool read_chunks(Arrivals& arrivals, std::size_t& at, std::string& out) {
  ChunkedDecoder decoder({limits.body_bytes_max, limits.chunk_extension_bytes_max, limits.trailer_bytes_max});
  std::size_t bytes = 0;
  while (true) {
    const ChunkedDecoder::Step step = decoder.step(arrivals.from(at));
    at += step.consumed;
    bytes += step.data.size();
    out.append(step.data);
    if (bytes > limits.body_bytes_max) fuzz::broken("a chunked body has its limit");
    if (step.outcome == ChunkedDecoder::Outcome::end) return true;
    if (step.outcome == ChunkedDecoder::Outcome::malformed || step.outcome == ChunkedDecoder::Outcome::too_large) {
      out.append(step.outcome == ChunkedDecoder::Outcome::malformed ? " malformed" : " too large");
      return false;
    }
    if (step.outcome == ChunkedDecoder::Outcome::need_more && !arrivals.more()) return false;
  }
}

bool read_length(Arrivals& arrivals, std::size_t& at, std::uint64_t length, std::string& out) {
  while (arrivals.from(at).size() < length) {
    if (!arrivals.more()) return false;
  }
  out.append(arrivals.from(at).substr(0, length));
  at += length;
  return true;
}

std::string converse(std::string_view bytes, Arrivals::Pieces pieces) {
  Arrivals arrivals(bytes, pieces);
  Http1RequestDecoder decoder(limits);
  Request request;
  std::string out;
  std::size_t at = 0;
  while (true) {
    const Progress progress = decoder.decode(arrivals.from(at), request);
    if (progress == Progress::refused) {
      const Refusal& refusal = decoder.refusal();
      return out.append(std::to_string(refusal.status)).append(" ").append(refusal.error.message());
    }
    if (progress == Progress::need_more) {
      if (!arrivals.more()) return out.append("waits");
      continue;
    }
    const RequestHead head = decoder.head();
    check_request(request, head, arrivals.from(at));
    tell(request, head, out);
    at += head.bytes;
    if (head.framing == BodyFraming::chunked && !read_chunks(arrivals, at, out)) return out;
    if (head.framing == BodyFraming::length && !read_length(arrivals, at, head.content_length, out)) return out;
    if (!head.keep_alive) return out;
    decoder.reset();
  }
}

}  // namespace
}  // namespace ashlar::http::detail

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ashlar;
  const std::string_view bytes = fuzz::text(data, size);
  const std::string at_once = http::detail::converse(bytes, fuzz::Arrivals::Pieces::all_at_once);
  const std::string in_pieces = http::detail::converse(bytes, fuzz::Arrivals::Pieces::small);
  fuzz::require_same(at_once, in_pieces, "requests do not depend on how their bytes were cut");
  return 0;
}
