// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/websocket_upgrade.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/realtime/websocket_handshake.hpp"

#include <algorithm>
#include <vector>

namespace ashlar::realtime {
namespace {

constexpr int bad_request = 400;
constexpr int upgrade_required = 426;

std::optional<Upgrade> refuse(const http::Request& request, http::Response& response, int status) {
  response.status = status;
  if (status == upgrade_required) {
    if (request.version != http::Version::http_2) response.headers.set("Upgrade", "websocket");
    response.headers.set("Sec-WebSocket-Version", websocket_version);
  }
  return std::nullopt;
}

// A list may be sent in several fields (RFC 9110 section 5.3).
std::string joined(const http::RequestHeaders& headers, std::string_view name) {
  std::string out;
  for (const http::Field& field : headers.all()) {
    if (ascii_iequals(field.name, name)) out.append(out.empty() ? "" : ",").append(field.value);
  }
  return out;
}

}  // namespace

std::optional<Upgrade> accept_upgrade(const http::Request& request, http::Response& response,
                                      std::span<const std::string_view> protocols, Compression most) {
  const http::RequestHeaders& headers = request.headers;
  if (!ascii_iequals(http::requested_tunnel(request), "websocket")) return refuse(request, response, upgrade_required);
  if (headers.get("Sec-WebSocket-Version") != websocket_version) return refuse(request, response, upgrade_required);
  std::optional<std::string> accepted_key;
  if (request.version != http::Version::http_2) {
    const bool has_key = headers.count("Sec-WebSocket-Key") == 1;
    if (has_key) accepted_key = accept_key(headers.get("Sec-WebSocket-Key"));
    if (!accepted_key || request.method != http::Method::get) return refuse(request, response, bad_request);
  }
  const std::string protocol_field = joined(headers, "Sec-WebSocket-Protocol");
  const auto offered = offered_protocols(protocol_field);
  if (!offered) return refuse(request, response, bad_request);

  Upgrade out;
  const auto chosen =
      std::ranges::find_if(*offered, [&](auto name) { return std::ranges::find(protocols, name) != protocols.end(); });
  response.headers.set("Upgrade", "websocket");
  if (accepted_key) response.headers.set("Sec-WebSocket-Accept", *accepted_key);
  if (chosen != offered->end()) {
    out.protocol = *chosen;
    response.headers.set("Sec-WebSocket-Protocol", out.protocol);
  }
  if (most == Compression::none) return out;
  if (const auto extension = accept_deflate(joined(headers, "Sec-WebSocket-Extensions"))) {
    out.compression = Compression::deflate;
    response.headers.set("Sec-WebSocket-Extensions", *extension);
  }
  return out;
}

}  // namespace ashlar::realtime
