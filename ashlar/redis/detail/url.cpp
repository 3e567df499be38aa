// SPDX-License-Identifier: Apache-2.0
#include "ashlar/redis/detail/url.hpp"

#include "ashlar/core/parse.hpp"
#include "ashlar/redis/client.hpp"

#include <charconv>
#include <optional>

namespace ashlar::redis::detail {
namespace {

auto wrong(std::string what) { return fail(errors::invalid_url, "A Redis URL " + std::move(what)); }

std::optional<int> number(std::string_view text, int most) {
  const auto out = parse_integer<int>(text);
  if (!out || *out < 0 || *out > most) return {};
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

constexpr int database_max = 1'000'000;
constexpr std::size_t sentinels_max = 16;

// Removes `prefix` from the start of the text.
bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

Result<Endpoint> parse_endpoint(std::string_view text, std::string_view default_port) {
  Endpoint out{.host = {}, .port = std::string(default_port)};
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return wrong("has a [ without its ].");
    out.host = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
  } else {
    out.host = text.substr(0, text.find(':'));
    text.remove_prefix(out.host.size());
  }
  if (out.host.empty()) return wrong("names a host.");
  if (out.host.contains(',')) return wrong("names one host; several Sentinels are redis+sentinel://a,b/mymaster.");
  if (text.empty()) return out;
  const auto port = text.starts_with(':') ? number(text.substr(1), 65'535) : std::nullopt;
  if (!port || *port == 0) return wrong("names its port as :" + std::string(default_port) + ".");
  out.port = std::to_string(*port);
  return out;
}

Result<> parse_credentials(std::string_view text, Address& out) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return wrong("names the user as user:password@ or :password@.");
  auto user = decoded(text.substr(0, colon));
  auto password = decoded(text.substr(colon + 1));
  if (!user || !password) return wrong("has a % in its user or password that is not followed by two hex digits.");
  out.user = std::move(*user);
  out.password = std::move(*password);
  return {};
}

Result<> parse_database(std::string_view text, Address& out) {
  const auto database = text.empty() ? 0 : number(text, database_max);
  if (!database) return wrong("ends with the number of a database, as /0, or with nothing.");
  out.database = *database;
  return {};
}

Result<> parse_sentinels(std::string_view hosts, std::string_view path, Address& out) {
  const auto slash = path.find('/');
  out.master_name = path.substr(0, slash);
  if (out.master_name.empty()) return wrong("of Sentinels ends with the name of the master, as /mymaster.");
  if (slash != std::string_view::npos) {
    if (auto parsed = parse_database(path.substr(slash + 1), out); !parsed) return parsed;
  }
  while (true) {
    const auto comma = hosts.find(',');
    auto endpoint = parse_endpoint(hosts.substr(0, comma), "26379");
    if (!endpoint) return std::unexpected(std::move(endpoint.error()));
    out.endpoints.push_back(std::move(*endpoint));
    if (comma == std::string_view::npos) break;
    hosts.remove_prefix(comma + 1);
  }
  if (out.endpoints.size() > sentinels_max) return wrong("names at most 16 Sentinels.");
  return {};
}

}  // namespace

Result<Address> parse_url(std::string_view url) {
  Address out;
  bool sentinel = false;
  if (take(url, "rediss://")) {
    out.transport = Address::Transport::tls;
  } else if (take(url, "rediss+sentinel://")) {
    out.transport = Address::Transport::tls;
    sentinel = true;
  } else if (take(url, "redis+sentinel://")) {
    sentinel = true;
  } else if (!take(url, "redis://")) {
    return wrong("begins with redis://, rediss://, redis+sentinel:// or rediss+sentinel://.");
  }
  const auto slash = url.find('/');
  const std::string_view path = slash == std::string_view::npos ? std::string_view{} : url.substr(slash + 1);
  url = url.substr(0, slash);
  if (const auto at = url.rfind('@'); at != std::string_view::npos) {
    if (auto parsed = parse_credentials(url.substr(0, at), out); !parsed)
      return std::unexpected(std::move(parsed.error()));
    url.remove_prefix(at + 1);
  }
  if (sentinel) {
    if (auto parsed = parse_sentinels(url, path, out); !parsed) return std::unexpected(std::move(parsed.error()));
    return out;
  }
  if (auto parsed = parse_database(path, out); !parsed) return std::unexpected(std::move(parsed.error()));
  auto endpoint = parse_endpoint(url, "6379");
  if (!endpoint) return std::unexpected(std::move(endpoint.error()));
  out.endpoints.push_back(std::move(*endpoint));
  return out;
}

}  // namespace ashlar::redis::detail
