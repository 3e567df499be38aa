// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http1_request.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/parse.hpp"
#include "ashlar/http/detail/characters.hpp"
#include "ashlar/http/detail/request_target.hpp"
#include "ashlar/http/errors.hpp"
#include "ashlar/http/field_syntax.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <limits>

namespace ashlar::http::detail {
namespace {

namespace beast = boost::beast::http;
using Code = boost::beast::error_code;
using Text = boost::beast::string_view;

constexpr std::size_t leading_blank_bytes_max = 8;  // RFC 9112 section 2.2: ignore at least one blank line

constexpr std::string_view line_end = "\r\n";

Refusal target_refusal() { return {414, Error(errors::target_too_long, "The request line is too long.")}; }

std::string_view view(Text text) { return {text.data(), text.size()}; }

// Collects what Beast finds in a head that has passed the scan, and the first of our own rules that it violates.
class HeadParser final : public beast::basic_parser<true> {
 public:
  explicit HeadParser(Request& request) : request_(request) {
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(boost::none);
  }

  const char* broken_rule = nullptr;
  std::optional<std::string_view> host;
  bool has_length = false;
  bool has_transfer_coding = false;
  bool chunked_last = false;
  bool other_coding = false;
  bool expects_continue = false;
  bool expects_other = false;
  std::uint64_t length = 0;

 private:
  void on_request_impl(beast::verb, Text method, Text target, int version, Code&) override {
    request_.method_name = view(method);
    request_.method = method_of(request_.method_name);
    request_.target = view(target);
    request_.version = version == 11 ? Version::http_1_1 : Version::http_1_0;
  }

  void on_field_impl(beast::field field, Text name, Text value_text, Code& stop) override {
    const std::string_view value = view(value_text);
    switch (field) {
      case beast::field::host:
        take_host(value);
        break;
      case beast::field::content_length:
        take_length(value);
        break;
      case beast::field::transfer_encoding:
        take_codings(value);
        break;
      case beast::field::expect:
        take_expectation(value);
        break;
      default:
        break;
    }
    if (broken_rule != nullptr) stop = beast::error::bad_field;
    request_.headers.add(view(name), value);
  }

  void take_host(std::string_view value) {
    if (host) broken_rule = "There is more than one Host field.";
    host = value;
  }

  // Only digits, and only once. Beast accepts a list of equal numbers and several equal fields.
  void take_length(std::string_view value) {
    if (has_length) broken_rule = "There is more than one Content-Length field.";
    has_length = true;
    const auto number = parse_integer<std::uint64_t>(value);
    if (!number) broken_rule = "Content-Length is not a number.";
    length = number.value_or(0);
  }

  void take_codings(std::string_view value) {
    has_transfer_coding = true;
    while (true) {
      const std::size_t comma = value.find(',');
      std::string_view coding = value.substr(0, comma);
      while (!coding.empty() && (coding.front() == ' ' || coding.front() == '\t')) coding.remove_prefix(1);
      while (!coding.empty() && (coding.back() == ' ' || coding.back() == '\t')) coding.remove_suffix(1);
      if (chunked_last) broken_rule = "The coding chunked is not the last one.";
      if (equal_without_case(coding, "chunked")) {
        chunked_last = true;
      } else {
        if (!is_token(coding)) broken_rule = "Transfer-Encoding is malformed.";
        other_coding = true;
      }
      if (comma == std::string_view::npos) return;
      value.remove_prefix(comma + 1);
    }
  }

  void take_expectation(std::string_view value) {
    (equal_without_case(value, "100-continue") ? expects_continue : expects_other) = true;
  }

  void on_response_impl(int, Text, int, Code&) override {}
  void on_header_impl(Code&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, Code&) override {}
  std::size_t on_body_impl(Text, Code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text, Code&) override { return 0; }
  void on_finish_impl(Code&) override {}

  Request& request_;
};

// The violated rule about Host and target. nullptr: the request's path, query and authority are set.
const char* take_target(Request& request, const std::optional<std::string_view>& host) {
  const std::optional<RequestTarget> target = parse_target(request.method, request.target);
  if (!target) return "The request's target is malformed.";
  if (!host && request.version == Version::http_1_1) return "The Host field is missing.";
  if (host && !is_host_and_port(*host)) return "The Host field is malformed.";
  if (host && !target->authority.empty() && !same_authority(target->authority, *host, target->scheme)) {
    return "The Host field and the request's target disagree.";
  }
  request.path = target->path;
  request.query = target->query;
  request.authority = target->authority.empty() ? host.value_or(std::string_view{}) : target->authority;
  return nullptr;
}

}  // namespace

void Http1RequestDecoder::reset() {
  head_ = {};
  refusal_.reset();
  scanned_ = line_start_ = message_start_ = fields_start_ = field_lines_ = 0;
  target_too_long_ = false;
}

Http1RequestDecoder::Progress Http1RequestDecoder::decode(std::string_view input, Request& request) {
  const Progress scanned = scan(input);
  return scanned == Progress::ready ? parse(input.substr(0, head_.bytes), request) : scanned;
}

// Each byte is examined once, however slowly they arrive; the result does not depend on how they were split.
Http1RequestDecoder::Progress Http1RequestDecoder::scan(std::string_view input) {
  const char* const begin = input.data();
  const char* const end = begin + input.size();
  while (true) {
    const char* hit = find_control(begin + scanned_, end);
    scanned_ = static_cast<std::size_t>(hit - begin);
    if (fields_start_ == 0) {
      if (scanned_ - line_start_ > limits_.request_line_bytes_max) target_too_long_ = true;
    } else if (scanned_ - fields_start_ > limits_.header_bytes_max) {
      return refuse(431, errors::headers_too_large, "The headers are too large.");
    }
    if (target_too_long_ && scanned_ - message_start_ > limits_.request_line_bytes_max + limits_.header_bytes_max) {
      return refuse_target();
    }
    if (hit == end) return Progress::need_more;
    if (*hit != '\r') {
      return refuse(400, errors::malformed_request, "The request's head has a control character.");
    }
    if (hit + 1 == end) return Progress::need_more;
    if (hit[1] != '\n') return refuse(400, errors::malformed_request, "A line of the request does not end in CR LF.");

    const std::string_view line = input.substr(line_start_, scanned_ - line_start_);
    line_start_ = scanned_ = scanned_ + 2;
    if (line.empty() && fields_start_ != 0) {
      if (target_too_long_) return refuse_target();
      head_.bytes = scanned_;
      return Progress::ready;
    }
    if (const Progress taken = take_line(line); taken == Progress::refused) return taken;
  }
}

Http1RequestDecoder::Progress Http1RequestDecoder::take_line(std::string_view line) {
  if (fields_start_ != 0) {
    if (++field_lines_ > limits_.header_count_max) {
      return refuse(431, errors::headers_too_large, "There are too many headers.");
    }
    if (line.front() == ' ' || line.front() == '\t') {
      return refuse(400, errors::malformed_request, "A header is folded over several lines.");
    }
    return Progress::need_more;
  }
  if (line.empty()) {
    message_start_ = line_start_;
    if (message_start_ <= leading_blank_bytes_max) return Progress::need_more;
    return refuse(400, errors::malformed_request, "There are blank lines before the request.");
  }
  if (target_too_long_) {
    fields_start_ = line_start_;
    return Progress::need_more;
  }
  const std::size_t space = line.rfind(' ');
  const std::string_view version = space == std::string_view::npos ? std::string_view{} : line.substr(space + 1);
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
      !is_digit(version[7])) {
    return refuse(400, errors::malformed_request, "The request line is malformed.");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return refuse(505, errors::version_unsupported, "Only HTTP/1.1 and HTTP/1.0 are supported.");
  }
  fields_start_ = line_start_;
  return Progress::need_more;
}

Http1RequestDecoder::Progress Http1RequestDecoder::parse(std::string_view input, Request& request) {
  const std::string_view message = input.substr(message_start_);
  request.headers.clear();
  HeadParser parser(request);
  Code failed;
  parser.put(boost::asio::buffer(message.data(), message.size()), failed);
  if (parser.broken_rule != nullptr) return refuse(400, errors::malformed_request, parser.broken_rule);
  if (failed == beast::error::bad_transfer_encoding || failed == beast::error::bad_content_length ||
      failed == beast::error::multiple_content_length) {
    return refuse(400, errors::malformed_request, "The length of the body is ambiguous.");
  }
  if (failed == beast::error::bad_method || failed == beast::error::bad_target || failed == beast::error::bad_version) {
    return refuse(400, errors::malformed_request, "The request line is malformed.");
  }
  if (failed || !parser.is_header_done()) return refuse(400, errors::malformed_request, "A header is malformed.");
  if (request.method == Method::connect) {
    return refuse(501, errors::not_implemented, "CONNECT is not implemented.");
  }
  if (const char* broken = take_target(request, parser.host)) {
    return refuse(400, errors::malformed_request, broken);
  }

  if (parser.has_transfer_coding) {
    if (request.version == Version::http_1_0) {
      return refuse(400, errors::malformed_request, "HTTP/1.0 has no Transfer-Encoding.");
    }
    if (parser.has_length) {
      return refuse(400, errors::malformed_request, "There are both a Transfer-Encoding and a Content-Length.");
    }
    if (!parser.chunked_last) {
      return refuse(400, errors::malformed_request, "The last transfer coding is not chunked.");
    }
    if (parser.other_coding) {
      return refuse(501, errors::not_implemented, "Only the transfer coding chunked is implemented.");
    }
    head_.framing = BodyFraming::chunked;
  } else if (parser.has_length && parser.length > 0) {
    if (parser.length > limits_.body_bytes_max) {
      return refuse(413, errors::body_too_large, "The body is too large.");
    }
    head_.framing = BodyFraming::length;
    head_.content_length = parser.length;
  }
  head_.keep_alive = parser.keep_alive();
  if (request.version == Version::http_1_1) {  // RFC 9110 section 10.1.1: ignored for HTTP/1.0
    if (parser.expects_other) {
      return refuse(417, errors::expectation_failed, "Only the expectation 100-continue is supported.");
    }
    head_.expects_continue = parser.expects_continue && head_.framing != BodyFraming::none;
  }
  return Progress::ready;
}

Http1RequestDecoder::Progress Http1RequestDecoder::refuse(int status, ErrorCode code, const char* message) {
  if (target_too_long_) return refuse_target();  // it was found first
  refusal_ = std::make_unique<Refusal>(status, Error(code, message));
  return Progress::refused;
}

Http1RequestDecoder::Progress Http1RequestDecoder::refuse_target() {
  refusal_ = std::make_unique<Refusal>(target_refusal());
  return Progress::refused;
}

Refusal Http1RequestDecoder::refusal_of_unfinished() const {
  if (target_too_long_) return target_refusal();
  return {408, Error(errors::request_timeout, "The request did not arrive in time.")};
}

void Http1RequestDecoder::collect_known_fields(std::string_view input, Request& request) const {
  request.method = Method::get;
  request.method_name = request.target = request.path = request.query = request.authority = {};
  request.headers.clear();
  if (fields_start_ == 0) return;
  std::string_view lines = input.substr(fields_start_, line_start_ - fields_start_);
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find(line_end));
    lines.remove_prefix(std::min(line.size() + line_end.size(), lines.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) continue;
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (is_field_value(value)) request.headers.add(line.substr(0, colon), value);
  }
}

}  // namespace ashlar::http::detail
