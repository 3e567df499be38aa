// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/access_log.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/web/exchange.hpp"
#include "ashlar/web/percent_encoding.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace ashlar::web {

namespace {

constexpr std::array<std::string_view, 8> secret_parts = {"token",     "secret",  "password", "passwd",
                                                          "signature", "api_key", "apikey",   "jwt"};
constexpr std::array<std::string_view, 4> secret_words = {"code", "key", "state", "sig"};

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

}  // namespace

std::string_view redact_target(std::string_view target, std::string& buffer) {
  const std::size_t question = target.find('?');
  if (question == target.npos) return target;
  const std::string_view query = target.substr(question + 1);
  bool secret = false;
  for (QueryPieces pieces(query); pieces.next();) secret = secret || looks_secret(pieces.name());
  if (!secret) return target;
  buffer.assign(target.substr(0, question));
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
