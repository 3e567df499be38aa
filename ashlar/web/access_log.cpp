// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/access_log.hpp"

#include "ashlar/core/encoding.hpp"
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

std::string user_id_of(const LoggedRequest& logged) {
  return logged.principal == nullptr ? std::string{} : logged.principal->id.to_string();
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

void log_access(log::Logger& log, const LoggedRequest& logged, const http::Response& response,
                std::chrono::nanoseconds took, std::uint32_t stands_for) {
  if (!log.enabled(log::Level::info)) return;
  const http::Request& request = logged.request;
  std::string buffer;
  const std::string_view url = redact_target(request.target, buffer);
  const std::string_view method =
      request.method == http::Method::other ? request.method_name : http::to_string(request.method);
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  const double ms = static_cast<double>(microseconds) / 1000;
  std::array<log::Attribute, 12> attributes = {{{"method", method},
                                                {"url", url},
                                                {"host", logged.client.authority},
                                                {"address", logged.client.address},
                                                {"status", response.status},
                                                {"durationMs", ms},
                                                {"bytes", response.body.size()},
                                                {"requestId", logged.request_id},
                                                {"", ""},
                                                {"", ""},
                                                {"", ""},
                                                {"", ""}}};
  std::size_t count = 8;
  const std::string user_id = user_id_of(logged);
  if (!user_id.empty()) attributes[count++] = {"userId", user_id};
  if (logged.trace != nullptr) {
    attributes[count++] = {"traceId", logged.trace->trace_id()};
    attributes[count++] = {"spanId", logged.trace->span_id()};
  }
  if (stands_for > 1) attributes[count++] = {"oneIn", stands_for};
  log.write(log::Level::info, "request", std::span(attributes).first(count));
}

std::uint32_t AccessLogSampling::share_of(int status, std::chrono::nanoseconds took, Random& random) const {
  if (one_in <= 1 || status >= 400 || took >= slow) return 1;
  std::array<std::byte, 4> bytes;
  random.fill(bytes);
  std::uint32_t number = 0;
  for (const std::byte byte : bytes) number = number << 8 | std::to_integer<std::uint32_t>(byte);
  return number % one_in == 0 ? one_in : 0;
}

void log_refusal(log::Logger& log, const LoggedRequest& logged, const Error& error, std::string_view required) {
  const log::Level level = error.kind() == ErrorKind::forbidden ? log::Level::warn : log::Level::info;
  if (!log.enabled(level)) return;
  log.write(level, "access refused",
            {{"code", error.code().name},
             {"required", required},
             {"method", http::to_string(logged.request.method)},
             {"path", logged.request.path},
             {"address", logged.client.address},
             {"userId", user_id_of(logged)},
             {"role", logged.principal == nullptr ? std::string_view{} : std::string_view(logged.principal->role)},
             {"requestId", logged.request_id}});
}

void log_failure(log::Logger& log, const LoggedRequest& logged, std::string_view code, std::string_view cause) {
  log.error("request failed", {{"code", code},
                               {"cause", cause},
                               {"method", http::to_string(logged.request.method)},
                               {"path", logged.request.path},
                               {"userId", user_id_of(logged)},
                               {"requestId", logged.request_id}});
}

}  // namespace ashlar::web
