// SPDX-License-Identifier: Apache-2.0
#include "ashlar/redis/detail/url.hpp"

#include "ashlar/redis/client.hpp"

#include <charconv>
#include <optional>

namespace ashlar::redis::detail {
namespace {

auto wrong(std::string what) { return fail(errors::invalid_url, "A Redis URL " + std::move(what)); }

std::optional<int> number(std::string_view text, int most) {
  int out = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || failed != std::errc() || end != text.data() + text.size() || out < 0 || out > most) return {};
  return out;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    unsigned byte = 0;
    const auto hex = text.substr(at + 1, 2);
    const auto [end, failed] = std::from_chars(hex.data(), hex.data() + hex.size(), byte, 16);
    if (hex.size() != 2 || failed != std::errc() || end != hex.data() + 2) return {};
    out += static_cast<char>(byte);
    at += 2;
  }
  return out;
}

}  // namespace

Result<Address> parse_url(std::string_view url) {
  Address out;
  if (url.starts_with("rediss://")) {
    out.transport = Address::Transport::tls;
    url.remove_prefix(9);
  } else if (url.starts_with("redis://")) {
    url.remove_prefix(8);
  } else {
    return wrong("begins with redis:// or rediss://.");
  }
  if (const auto slash = url.find('/'); slash != std::string_view::npos) {
    const auto path = url.substr(slash + 1);
    const auto database = path.empty() ? 0 : number(path, 1'000'000);
    if (!database) return wrong("ends with the number of a database, as /0, or with nothing.");
    out.database = *database;
    url = url.substr(0, slash);
  }
  if (const auto at = url.rfind('@'); at != std::string_view::npos) {
    const auto who = url.substr(0, at);
    const auto colon = who.find(':');
    if (colon == std::string_view::npos) return wrong("names the user as user:password@ or :password@.");
    auto user = decoded(who.substr(0, colon));
    auto password = decoded(who.substr(colon + 1));
    if (!user || !password) return wrong("has a % in its user or password that is not followed by two hex digits.");
    out.user = std::move(*user);
    out.password = std::move(*password);
    url = url.substr(at + 1);
  }
  std::string_view host = url;
  if (url.starts_with('[')) {
    const auto close = url.find(']');
    if (close == std::string_view::npos) return wrong("has a [ without its ].");
    host = url.substr(1, close - 1);
    url = url.substr(close + 1);
  } else {
    host = url.substr(0, url.find(':'));
    url = url.substr(host.size());
  }
  if (host.empty()) return wrong("names a host.");
  out.host = host;
  if (url.empty()) return out;
  const auto port = url.starts_with(':') ? number(url.substr(1), 65'535) : std::nullopt;
  if (!port || *port == 0) return wrong("names its port as :6379.");
  out.port = std::to_string(*port);
  return out;
}

}  // namespace ashlar::redis::detail
