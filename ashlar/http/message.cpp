// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/message.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/http/field_syntax.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ashlar::http {
namespace {

constexpr std::array<std::pair<std::string_view, Method>, 9> methods{{
    {"GET", Method::get},
    {"HEAD", Method::head},
    {"POST", Method::post},
    {"PUT", Method::put},
    {"PATCH", Method::patch},
    {"DELETE", Method::remove},
    {"OPTIONS", Method::options},
    {"TRACE", Method::trace},
    {"CONNECT", Method::connect},
}};

// RFC 9110 section 15, with the additions of RFC 6585 and RFC 7725; in order.
constexpr std::array<std::pair<int, std::string_view>, 48> reasons{{
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {511, "Network Authentication Required"},
}};
static_assert(std::ranges::is_sorted(reasons, {}, &std::pair<int, std::string_view>::first));

}  // namespace

std::string_view to_string(Method method) {
  for (const auto& [name, value] : methods) {
    if (value == method) return name;
  }
  return "OTHER";
}

Method method_of(std::string_view name) {
  for (const auto& [known, value] : methods) {
    if (known == name) return value;
  }
  return Method::other;
}

std::string_view reason_of(int status) {
  const auto* found = std::ranges::lower_bound(reasons, status, {}, &std::pair<int, std::string_view>::first);
  return found != reasons.end() && found->first == status ? found->second : std::string_view{};
}

void Response::reset() {
  status = 200;
  headers.clear();
  body.clear();
  stream = nullptr;
  stream_length.reset();
  stream_held_bytes = 0;
  trailers.reset();
  tunnel = nullptr;
}

std::string_view requested_tunnel(const Request& request) {
  if (request.version == Version::http_2) return request.connect_protocol;
  if (request.version != Version::http_1_1) return {};  // RFC 9110 section 7.8: an HTTP/1.0 client cannot ask
  const auto options = request.headers.find("connection");
  if (!options) return {};
  for (std::string_view rest = *options; !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    if (ascii_iequals(trimmed(rest.substr(0, end)), "upgrade")) return trimmed(request.headers.get("upgrade"));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

}  // namespace ashlar::http
