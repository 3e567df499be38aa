// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/ascii.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/fault_codes.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <string>

// The checks of e-mail addresses and URLs.
namespace ashlar::schema::detail {
namespace {

// RFC 5322 section 3.2.3
bool is_atext(char c) { return is_alphanumeric(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c); }

bool is_dot_atom(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.' || text.contains("..")) return false;
  return std::ranges::all_of(text, [](char c) { return c == '.' || is_atext(c); });
}

// RFC 1123 section 2.1
bool is_label(std::string_view text) {
  if (text.empty() || text.size() > 63 || text.front() == '-' || text.back() == '-') return false;
  return std::ranges::all_of(text, [](char c) { return c == '-' || is_alphanumeric(c); });
}

// At least two labels, the last of which is not a number (so that 10.0.0.1 is not a domain).
bool is_domain(std::string_view text) {
  if (text.size() > 253 || !text.contains('.')) return false;
  while (true) {
    const std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return !std::ranges::all_of(text, is_digit);
    text.remove_prefix(dot + 1);
  }
}

constexpr std::size_t url_bytes_max = 2048;
constexpr std::size_t host_bytes_max = 253;  // of a DNS name
constexpr unsigned port_max = 65'535;

// Refuses what Boost.URL accepts wrongly. Boost.URL 1.81 ends the authority after the digits of a port and
// takes what follows for the path, so that of http://a.example:80b.example/ it finds the host a.example; RFC 3986
// section 3.2 lets only "/", "?", "#" or the end follow.
bool is_http_url(std::string_view text) {
  namespace urls = boost::urls;
  if (text.size() > url_bytes_max) return false;
  const auto url = urls::parse_uri({text.data(), text.size()});
  if (!url || (url->scheme_id() != urls::scheme::http && url->scheme_id() != urls::scheme::https)) return false;
  if (!url->has_authority() || url->has_userinfo()) return false;
  if (url->host_type() == urls::host_type::ipvfuture) return false;
  const auto host = url->encoded_host();
  if (host.empty() || host.size() > host_bytes_max) return false;
  const auto port = url->port();
  if (!port.empty() && (port.size() > 5 || std::stoul(std::string(port)) > port_max)) return false;
  const auto path = url->encoded_path();
  return path.empty() || path.front() == '/';
}

}  // namespace

Check check_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (text.size() <= 254 && at != std::string_view::npos && at <= 64 && is_dot_atom(text.substr(0, at)) &&
      is_domain(text.substr(at + 1))) {
    return {};
  }
  return Violation{codes::email, "must be an e-mail address"};
}

Check check_uri(std::string_view text) {
  if (is_http_url(text)) return {};
  return Violation{codes::url, "must be an http or https URL"};
}

}  // namespace ashlar::schema::detail
