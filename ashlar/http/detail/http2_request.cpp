// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http2_request.hpp"

#include "ashlar/core/parse.hpp"
#include "ashlar/http/detail/characters.hpp"
#include "ashlar/http/detail/request_target.hpp"
#include "ashlar/http/errors.hpp"
#include "ashlar/http/field_syntax.hpp"

#include <algorithm>

namespace ashlar::http::detail {
namespace {

constexpr std::size_t line_overhead = 4;  // ": " and CR LF, so that a limit means the same in both versions
constexpr std::size_t memory_kept_max = 16 * 1024;
constexpr std::string_view cookie = "cookie";

}  // namespace

void Http2RequestDecoder::reset() {
  bytes_.clear();
  if (bytes_.capacity() > memory_kept_max) bytes_.shrink_to_fit();
  cookies_.clear();
  if (cookies_.capacity() > memory_kept_max) cookies_.shrink_to_fit();
  fields_.clear();
  method_ = path_ = scheme_ = authority_ = protocol_ = std::nullopt;
  header_bytes_ = kept_bytes_ = trailer_bytes_ = cookie_fields_ = 0;
  content_length_.reset();
  expects_continue_ = false;
  refusal_.reset();
}

std::string_view Http2RequestDecoder::name(const Place& place) const {
  return std::string_view(bytes_).substr(place.at, place.name_size);
}

std::string_view Http2RequestDecoder::value(const Place& place) const {
  return std::string_view(bytes_).substr(place.at + place.name_size, place.value_size);
}

void Http2RequestDecoder::add(std::string_view name, std::string_view value) {
  if (name.starts_with(':')) {
    if (!refusal_) add_pseudo(name, value);
    return;
  }
  const std::size_t bytes = name.size() + value.size() + line_overhead;
  header_bytes_ += bytes;
  const bool crumb = name == cookie && ++cookie_fields_ > 1;  // RFC 9113 section 8.2.3: one field in several parts
  if (header_bytes_ > limits_.header_bytes_max || (!crumb && fields_.size() >= limits_.header_count_max)) {
    (void)refuse(431, errors::headers_too_large, "The headers are too large.");
  }
  // Fields that still fit are available to the response: Origin, for example.
  if (refusal_ && (kept_bytes_ + bytes > limits_.header_bytes_max || fields_.size() >= limits_.header_count_max))
    return;
  kept_bytes_ += bytes;
  fields_.push_back({bytes_.size(), name.size(), value.size()});
  bytes_.append(name).append(value);
}

void Http2RequestDecoder::add_pseudo(std::string_view name, std::string_view value) {
  if (name == ":path" || name == ":method") {
    const std::optional<Place>& other = name == ":path" ? method_ : path_;
    if (value.size() + (other ? other->value_size : 0) > limits_.request_line_bytes_max) {
      (void)refuse(414, errors::target_too_long, "The request's target is too long.");
      return;
    }
  } else {
    header_bytes_ += name.size() + value.size() + line_overhead;
    if (header_bytes_ > limits_.header_bytes_max) {
      (void)refuse(431, errors::headers_too_large, "The headers are too large.");
      return;
    }
  }
  const Place place{bytes_.size(), 0, value.size()};
  bytes_.append(value);
  if (name == ":method") method_ = place;
  if (name == ":path") path_ = place;
  if (name == ":scheme") scheme_ = place;
  if (name == ":authority") authority_ = place;
  if (name == ":protocol") protocol_ = place;
}

bool Http2RequestDecoder::add_trailer(std::string_view name, std::string_view value) {
  trailer_bytes_ += name.size() + value.size() + line_overhead;
  return trailer_bytes_ <= limits_.trailer_bytes_max;
}

bool Http2RequestDecoder::finish(Body body, Request& request) {
  add_headers(request);
  if (refusal_) return false;
  if (!method_ || !is_token(value(*method_))) {
    return refuse(400, errors::malformed_request, "The method is malformed.");
  }
  request.method_name = value(*method_);
  request.method = method_of(request.method_name);
  request.version = Version::http_2;
  request.connect_protocol = protocol_ ? value(*protocol_) : std::string_view{};  // nghttp2: only with CONNECT
  if (request.method == Method::connect && !protocol_)
    return refuse(501, errors::not_implemented, "CONNECT is not implemented.");
  if (!take_target(request) || !take_length() || !take_expectation()) return false;
  expects_continue_ = expects_continue_ && body == Body::follows && content_length_ != 0;
  return true;
}

void Http2RequestDecoder::add_headers(Request& request) {
  request.headers.clear();
  if (cookie_fields_ > 1) {
    for (const Place& field : fields_) {
      if (name(field) != cookie) continue;
      if (!cookies_.empty()) cookies_.append("; ");
      cookies_.append(value(field));
    }
  }
  bool first = true;
  for (const Place& field : fields_) {
    const bool joined = cookie_fields_ > 1 && name(field) == cookie;
    if (joined && !std::exchange(first, false)) continue;
    request.headers.add(name(field), joined ? std::string_view(cookies_) : value(field));
  }
}

// The rules of HTTP/1.1 for its request line and Host.
bool Http2RequestDecoder::take_target(Request& request) {
  const std::string_view scheme = scheme_ ? value(*scheme_) : std::string_view{};
  if (!equal_without_case(scheme, "http") && !equal_without_case(scheme, "https")) {
    return refuse(400, errors::malformed_request, "The scheme is neither http nor https.");
  }
  request.target = path_ ? value(*path_) : std::string_view{};
  const std::optional<RequestTarget> target = parse_target(protocol_ ? Method::get : request.method, request.target);
  if (!target || !target->authority.empty()) {  // the absolute form belongs to HTTP/1
    return refuse(400, errors::malformed_request, "The request's target is malformed.");
  }
  const std::size_t hosts = request.headers.count("host");
  if (hosts > 1) return refuse(400, errors::malformed_request, "There is more than one Host field.");
  if (hosts == 0 && !authority_) return refuse(400, errors::malformed_request, "The Host field is missing.");
  const std::string_view host = hosts == 1 ? request.headers.get("host") : value(*authority_);
  request.authority = authority_ ? value(*authority_) : host;
  if (!is_host_and_port(request.authority) || !is_host_and_port(host)) {
    return refuse(400, errors::malformed_request, "The Host field is malformed.");
  }
  const Scheme form = equal_without_case(scheme, "https") ? Scheme::https : Scheme::http;
  if (!same_authority(request.authority, host, form)) {
    return refuse(400, errors::malformed_request, "The Host field and the request's target disagree.");
  }
  request.path = target->path;
  request.query = target->query;
  return true;
}

bool Http2RequestDecoder::take_length() {
  for (const Place& field : fields_) {
    if (name(field) != "content-length") continue;
    if (content_length_) return refuse(400, errors::malformed_request, "There is more than one Content-Length field.");
    content_length_ = parse_integer<std::uint64_t>(value(field));
    if (!content_length_) return refuse(400, errors::malformed_request, "Content-Length is not a number.");
  }
  if (content_length_.value_or(0) > limits_.body_bytes_max) {
    return refuse(413, errors::body_too_large, "The body is too large.");
  }
  return true;
}

bool Http2RequestDecoder::take_expectation() {
  for (const Place& field : fields_) {
    if (name(field) != "expect") continue;
    if (!equal_without_case(value(field), "100-continue")) {
      return refuse(417, errors::expectation_failed, "Only the expectation 100-continue is supported.");
    }
    expects_continue_ = true;
  }
  return true;
}

bool Http2RequestDecoder::refuse(int status, ErrorCode code, const char* message) {
  if (!refusal_) refusal_.emplace(status, Error(code, message));
  return false;
}

}  // namespace ashlar::http::detail
