// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/ascii.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/fault_codes.hpp"

#include <algorithm>

// The checks of e-mail addresses and URLs.
namespace ashlar::schema::detail {
namespace {

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_alnum(char c) { return is_letter(c) || is_digit(c); }

// RFC 5322 section 3.2.3
bool is_atext(char c) { return is_alnum(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c); }

bool is_dot_atom(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.' || text.contains("..")) return false;
  return std::ranges::all_of(text, [](char c) { return c == '.' || is_atext(c); });
}

// RFC 1123 section 2.1
bool is_label(std::string_view text) {
  if (text.empty() || text.size() > 63 || text.front() == '-' || text.back() == '-') return false;
  return std::ranges::all_of(text, [](char c) { return c == '-' || is_alnum(c); });
}

// At least two labels, the last of which is no number (so that 10.0.0.1 is not a domain).
bool is_domain(std::string_view text) {
  if (text.size() > 253 || !text.contains('.')) return false;
  while (true) {
    const std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return !std::ranges::all_of(text, is_digit);
    text.remove_prefix(dot + 1);
  }
}

// RFC 3986 sections 2.1 to 2.3: unreserved, sub-delims, percent-encoded, and what else the part allows.
bool is_uri_part(std::string_view text, std::string_view also) {
  constexpr std::string_view marks = "-._~!$&'()*+,;=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_alnum(text[i]) || marks.contains(text[i]) || also.contains(text[i])) continue;
    if (text[i] != '%' || i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
    i += 2;
  }
  return true;
}

bool is_port(std::string_view text) {  // after the colon; RFC 3986 lets it be empty
  if (text.size() > 5 || !std::ranges::all_of(text, is_digit)) return false;
  int port = 0;
  for (const char c : text) port = port * 10 + (c - '0');
  return port <= 65535;
}

// Groups of up to four hexadecimal digits, one "::" at most; RFC 4291 section 2.2, without an IPv4 tail.
bool is_ipv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap != std::string_view::npos && text.substr(gap + 1).contains("::")) return false;
  std::size_t groups = 0;
  const auto count = [&](std::string_view side) {
    while (!side.empty()) {
      const std::size_t colon = std::min(side.find(':'), side.size());
      const std::string_view group = side.substr(0, colon);
      if (group.empty() || group.size() > 4 || !std::ranges::all_of(group, is_hex)) return false;
      ++groups;
      if (colon == side.size()) return true;
      side.remove_prefix(colon + 1);
      if (side.empty()) return false;
    }
    return true;
  };
  if (gap == std::string_view::npos) return count(text) && groups == 8;
  return count(text.substr(0, gap)) && count(text.substr(gap + 2)) && groups < 8;
}

bool is_authority(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || !is_ipv6(text.substr(1, end - 1))) return false;
    text.remove_prefix(end + 1);
    return text.empty() || (text[0] == ':' && is_port(text.substr(1)));
  }
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view host = text.substr(0, colon);
  if (host.empty() || host.size() > 253 || !is_uri_part(host, "")) return false;
  return colon == text.size() || is_port(text.substr(colon + 1));
}

bool is_http_url(std::string_view text) {
  if (text.size() > 2048) return false;
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return false;
  std::string scheme(text.substr(0, colon));
  std::ranges::transform(scheme, scheme.begin(), [](char c) { return is_letter(c) ? static_cast<char>(c | 32) : c; });
  if (scheme != "http" && scheme != "https") return false;
  text.remove_prefix(colon + 3);

  const std::size_t authority_end = std::min(text.find_first_of("/?#"), text.size());
  if (!is_authority(text.substr(0, authority_end))) return false;
  text.remove_prefix(authority_end);

  const std::size_t hash = std::min(text.find('#'), text.size());
  const std::string_view fragment = hash < text.size() ? text.substr(hash + 1) : std::string_view{};
  const std::string_view path_and_query = text.substr(0, hash);
  return is_uri_part(path_and_query, ":@/?") && is_uri_part(fragment, ":@/?");
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
