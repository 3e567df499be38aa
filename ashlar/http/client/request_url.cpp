// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/request_url.hpp"

#include "ashlar/http/client/client_errors.hpp"
#include "ashlar/http/client/detail/host_name.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

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

// RFC 3986 allows visible ASCII only. Said before anything else, since parsers differ most about the rest.
bool is_visible_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

Result<detail::HostName> host_of(const urls::url_view& url) {
  const std::string_view host = view(url.encoded_host());
  if (host.empty()) return invalid("names no host.");
  if (host.front() == '[') {
    const auto address = IpAddress::parse(host.substr(1, host.size() - 2));
    if (!host.ends_with(']') || !address) return invalid("names no valid IPv6 address.");
    return detail::host_name_of(*address);
  }
  auto name = detail::parse_host_name(host);
  if (!name) return invalid("names no valid host.");
  return std::move(*name);
}

Result<Origin> origin_of(const urls::url_view& url) {
  Origin out;
  switch (url.scheme_id()) {
    case urls::scheme::https:
      out.scheme = Scheme::https;
      break;
    case urls::scheme::http:
      out.scheme = Scheme::http;
      break;
    default:
      return invalid("begins with neither http:// nor https://.");
  }
  if (!url.has_authority()) return invalid("names no host.");
  if (url.has_userinfo()) return invalid("holds a user name or a password; send credentials in a field.");
  auto host = host_of(url);
  if (!host) return std::unexpected(std::move(host.error()));
  out.host = std::move(host->text);
  out.address = host->address;
  out.port = port_of(out.scheme);
  if (const std::string_view port = view(url.port()); !port.empty()) {
    const auto number = detail::parse_port(port);
    if (!number) return invalid("names a port outside 1 to 65535.");
    out.port = *number;
  }
  return out;
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
  const auto parsed = urls::parse_uri(urls::string_view(text.data(), text.size()));
  if (!parsed) return invalid("is not an absolute URL.");
  auto origin = origin_of(*parsed);
  if (!origin) return std::unexpected(std::move(origin.error()));
  RequestUrl out;
  out.origin_ = std::move(*origin);
  out.target_ = view(parsed->encoded_path());
  if (out.target_.empty()) out.target_ = "/";
  if (parsed->has_query()) out.target_.append("?").append(view(parsed->encoded_query()));
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
  return parse(view(out.buffer()));
}

std::string RequestUrl::to_string() const {
  return (origin_.scheme == Scheme::https ? "https://" : "http://") + origin_.host_field() + target_;
}

}  // namespace ashlar::http
