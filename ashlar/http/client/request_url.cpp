// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/request_url.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/http/client/client_errors.hpp"
#include "ashlar/http/client/detail/host_name.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <optional>

namespace ashlar::http {
namespace {

namespace urls = boost::urls;

constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

std::uint16_t port_of(Scheme scheme) { return scheme == Scheme::https ? https_port : http_port; }

std::string_view view(urls::string_view text) { return {text.data(), text.size()}; }

std::unexpected<Error> invalid(std::string what) {
  return fail(client_errors::invalid_url, "The URL " + std::move(what));
}

// RFC 3986 allows visible ASCII only. Checked first, since parsers differ most about other bytes.
bool is_visible_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

// The part between "//" and the path, split here. Boost.URL checks the parts: given "http://a:80b.example/", it would
// find the host "a" and the path "b.example/".
struct Parts {
  std::string_view scheme;
  std::string_view authority;
  std::string_view target;    // path and query
  std::string_view fragment;  // including its '#'
};

std::optional<Parts> parts_of(std::string_view text) {
  Parts out;
  const std::size_t colon = text.find(':');
  if (colon == text.npos || !text.substr(colon).starts_with("://")) return std::nullopt;
  out.scheme = text.substr(0, colon);
  text.remove_prefix(colon + 3);
  const std::size_t hash = std::min(text.find('#'), text.size());
  out.fragment = text.substr(hash);
  text = text.substr(0, hash);
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  out.authority = text.substr(0, end);
  out.target = text.substr(end);
  return out;
}

Result<detail::HostName> host_of(std::string_view host) {
  if (host.empty()) return invalid("names no host.");
  if (host.front() == '[') {
    const bool closed = host.ends_with(']') && host.contains(':');  // an IPv4 address is not allowed in brackets
    const auto address = closed ? IpAddress::parse(host.substr(1, host.size() - 2)) : std::nullopt;
    if (!address) return invalid("names no valid IPv6 address.");
    return detail::host_name_of(*address);
  }
  auto name = detail::parse_host_name(host);
  if (!name) return invalid("names no valid host.");
  return std::move(*name);
}

Result<Origin> origin_of(const Parts& parts) {
  Origin out;
  if (ascii_iequals(parts.scheme, "https")) {
    out.scheme = Scheme::https;
  } else if (ascii_iequals(parts.scheme, "http")) {
    out.scheme = Scheme::http;
  } else {
    return invalid("begins with neither http:// nor https://.");
  }
  if (parts.authority.contains('@')) return invalid("holds a user name or a password; send credentials in a field.");
  const std::size_t bracket = parts.authority.rfind(']');
  const std::size_t colon = parts.authority.find(':', bracket == parts.authority.npos ? 0 : bracket);
  auto host = host_of(parts.authority.substr(0, colon));
  if (!host) return std::unexpected(std::move(host.error()));
  out.host = std::move(host->text);
  out.address = host->address;
  out.port = port_of(out.scheme);
  if (colon != parts.authority.npos && colon + 1 < parts.authority.size()) {
    const auto number = detail::parse_port(parts.authority.substr(colon + 1));
    if (!number) return invalid("names a port outside 1 to 65535.");
    out.port = *number;
  }
  return out;
}

// RFC 3986 section 5.2.4: a reference cannot climb above the root.
std::string_view without_leading_dots(std::string_view target) {
  while (target.starts_with("/../")) target.remove_prefix(3);
  return target == "/.." ? "/" : target;
}

}  // namespace

std::string Origin::host_field() const {
  std::string out = host.contains(':') ? "[" + host + "]" : host;
  if (port != port_of(scheme)) out += ":" + std::to_string(port);
  return out;
}

Result<RequestUrl> RequestUrl::parse(std::string_view text) {
  if (text.size() > bytes_max) return invalid("is too long.");
  if (!is_visible_ascii(text)) return invalid("holds a character that must be percent-encoded, or a name with one.");
  const auto parts = parts_of(text);
  if (!parts) return invalid("is not an absolute URL.");
  auto origin = origin_of(*parts);
  if (!origin) return std::unexpected(std::move(origin.error()));
  const std::string rest = "http://host" + std::string(parts->target) + std::string(parts->fragment);
  if (!urls::parse_uri(urls::string_view(rest.data(), rest.size())))
    return invalid("holds a character that must be percent-encoded.");
  RequestUrl out;
  out.origin_ = std::move(*origin);
  if (!parts->target.starts_with('/')) out.target_ = "/";
  out.target_ += parts->target;
  return out;
}

Result<RequestUrl> RequestUrl::resolve(std::string_view reference) const {
  if (reference.size() > bytes_max) return invalid("is too long.");
  if (!is_visible_ascii(reference)) return invalid("holds a character that must be percent-encoded.");
  const std::string here = to_string();
  const auto base = urls::parse_uri(urls::string_view(here.data(), here.size()));
  const auto relative = urls::parse_uri_reference(urls::string_view(reference.data(), reference.size()));
  if (!base || !relative) return invalid("is malformed.");
  urls::url out;
  if (!urls::resolve(*base, *relative, out)) return invalid("is malformed.");
  auto resolved = parse(view(out.buffer()));
  if (resolved) resolved->target_ = std::string(without_leading_dots(resolved->target_));
  return resolved;
}

std::string RequestUrl::to_string() const {
  return (origin_.scheme == Scheme::https ? "https://" : "http://") + origin_.host_field() + target_;
}

}  // namespace ashlar::http
