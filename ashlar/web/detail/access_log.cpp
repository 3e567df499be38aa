// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/access_log.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/web/detail/exchange.hpp"
#include "ashlar/web/detail/percent_encoding.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace ashlar::web {

namespace {

constexpr std::array<std::string_view, 8> secret_parts = {"token",     "secret",  "password", "passwd",
                                                          "signature", "api_key", "apikey",   "jwt"};
constexpr std::array<std::string_view, 10> secret_words = {"code", "key",     "state",     "sig",  "auth",
                                                           "pwd",  "session", "sessionid", "pass", "ticket"};

constexpr auto may_begin_secret = [] {
  std::array<bool, 256> out{};
  for (const std::string_view part : secret_parts) {
    out[static_cast<unsigned char>(part[0])] = out[static_cast<unsigned char>(part[0] - 'a' + 'A')] = true;
  }
  return out;
}();

bool looks_secret(std::string_view name) {
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (name[at] == '%') return true;  // an escaped name may be any of them
    if (!may_begin_secret[static_cast<unsigned char>(name[at])]) continue;
    const auto stands_here = [&](std::string_view part) { return ascii_iequals(name.substr(at, part.size()), part); };
    if (std::ranges::any_of(secret_parts, stands_here)) return true;
  }
  return std::ranges::any_of(secret_words, [&](std::string_view word) { return ascii_iequals(name, word); });
}

// A path segment that may be a credential: a JSON Web Token, or a long text of base64url or hexadecimal digits that
// mixes letters and digits. UUIDs, file names and hyphenated words do not match.
constexpr std::size_t secret_segment_bytes_min = 24;
constexpr std::size_t uuid_bytes = 36;
constexpr std::size_t file_extension_bytes_max = 5;

bool is_file_name(std::string_view segment) {
  const std::size_t dot = segment.rfind('.');
  return dot != segment.npos && segment.size() - dot - 1 <= file_extension_bytes_max;
}

bool is_secret_segment(std::string_view segment) {
  if (segment.size() < secret_segment_bytes_min) return false;
  const bool is_uuid = segment.size() == uuid_bytes && segment[8] == '-' && segment[13] == '-' && segment[18] == '-' &&
                       segment[23] == '-';
  if (is_uuid || is_file_name(segment)) return false;
  bool lower = false, upper = false, digits = false, separators = false;
  for (const char c : segment) {
    lower = lower || (c >= 'a' && c <= 'z');
    upper = upper || (c >= 'A' && c <= 'Z');
    digits = digits || is_digit(c);
    separators = separators || c == '-' || c == '.';
    if (!is_alphanumeric(c) && !std::string_view("-._=~").contains(c)) return false;
  }
  return digits && (separators ? lower && upper : lower || upper);
}

bool has_secret_segment(std::string_view path) {
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    if (is_secret_segment(path.substr(0, end))) return true;
    if (end == path.npos) return false;
    path.remove_prefix(end + 1);
  }
  return false;
}

void append_path(std::string_view path, std::string& out) {
  while (true) {
    const std::size_t end = path.find('/');
    const std::string_view segment = path.substr(0, end);
    out.append(is_secret_segment(segment) ? "[redacted]" : segment);
    if (end == path.npos) return;
    out += '/';
    path.remove_prefix(end + 1);
  }
}

}  // namespace

std::string_view redact_target(std::string_view target, std::string& buffer) {
  const std::size_t question = target.find('?');
  const std::string_view path = target.substr(0, question);
  const bool secret_path = path.size() >= secret_segment_bytes_min && has_secret_segment(path);
  if (question == target.npos && !secret_path) return target;
  const std::string_view query = question == target.npos ? std::string_view{} : target.substr(question + 1);
  bool secret = secret_path;
  for (QueryPieces pieces(query); pieces.next();) secret = secret || looks_secret(pieces.name());
  if (!secret) return target;
  buffer.clear();
  append_path(path, buffer);
  char separator = '?';
  for (QueryPieces pieces(query); pieces.next(); separator = '&') {
    buffer += separator;
    buffer.append(pieces.name()).append("=").append(looks_secret(pieces.name()) ? "[redacted]" : pieces.value());
  }
  return buffer;
}

void log_request(const Exchange& exchange, const api::Api& api, std::chrono::nanoseconds took) {
  const http::Request& request = exchange.request;
  const http::Response& response = exchange.response;
  std::string buffer;
  const std::array<log::Attribute, 5> attributes = {
      {{"method", request.method == http::Method::other ? request.method_name : http::to_string(request.method)},
       {"url", redact_target(request.target, buffer)},
       {"host", exchange.client.authority},
       {"status", response.status},
       {"bytes", response.body.size()}}};
  using Result = api::CallRecord::Result;
  api.ended({.call = exchange.call,
             .endpoint = exchange.route == nullptr ? nullptr : exchange.route->endpoint,
             .code = exchange.error_code,
             .result = response.status >= 400 ? Result::failure : Result::success,
             .took = took,
             .transport = attributes});
}

}  // namespace ashlar::web
