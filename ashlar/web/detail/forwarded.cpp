// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/forwarded.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/core/ip_address.hpp"
#include "ashlar/http/field_syntax.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::web::detail {

namespace {

constexpr std::size_t host_bytes_max = 261;  // 255 of a name, ":65535"

// RFC 9110 section 5.6.4: qdtext.
bool is_quotable(char c) {
  const auto u = static_cast<unsigned char>(c);
  return c == '\t' || (u >= 0x20 && u != 0x7f && c != '"' && c != '\\');
}

bool is_port(std::string_view text) {
  if (text.starts_with('_')) {  // obfport
    return text.size() > 1 &&
           std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
  }
  return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, is_digit);
}

// Whether the character at `at` has an odd number of backslashes before it.
bool is_escaped(std::string_view text, std::size_t at) {
  std::size_t backslashes = 0;
  while (backslashes < at && text[at - 1 - backslashes] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

// The start of the last entry; nullopt when quotes do not pair up before a comma is found.
std::optional<std::size_t> last_entry(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = text.size(); i-- > 0;) {
    if (text[i] == '"') {
      if (!is_escaped(text, i)) {
        quoted = !quoted;
      } else if (!quoted) {
        return std::nullopt;
      }
    } else if (text[i] == ',' && !quoted) {
      return i + 1;
    }
  }
  if (quoted) return std::nullopt;
  return 0;
}

// Removes a token or a quoted string from the start of `rest` and returns it without quotes.
std::optional<std::string_view> take_value(std::string_view& rest) {
  if (rest.starts_with('"')) {
    const std::size_t size =
        static_cast<std::size_t>(std::ranges::find_if_not(rest.substr(1), is_quotable) - rest.substr(1).begin());
    if (size + 1 >= rest.size() || rest[size + 1] != '"') return std::nullopt;
    const std::string_view value = rest.substr(1, size);
    rest.remove_prefix(size + 2);
    return value;
  }
  const auto size = static_cast<std::size_t>(std::ranges::find_if_not(rest, http::is_token_character) - rest.begin());
  if (size == 0) return std::nullopt;
  const std::string_view value = rest.substr(0, size);
  rest.remove_prefix(size);
  return value;
}

}  // namespace

bool EntriesFromLast::next_field() {
  const auto fields = headers_.all();
  while (fields_left_ > 0) {
    const http::Field& field = fields[--fields_left_];
    if (field.name.size() != name_.size() || !ascii_iequals(field.name, name_)) continue;
    rest_ = field.value;
    return inside_field_ = true;
  }
  return false;
}

std::optional<std::string_view> EntriesFromLast::next() {
  if (!inside_field_ && !next_field()) return std::nullopt;
  std::size_t begin = 0;
  if (quotes_ == Quotes::quoted_strings) {
    const auto found = last_entry(rest_);
    if (!found) {
      inside_field_ = false;
      fields_left_ = 0;
      return std::nullopt;
    }
    begin = *found;
  } else if (const std::size_t comma = rest_.rfind(','); comma != rest_.npos) {
    begin = comma + 1;
  }
  const std::string_view entry = http::trimmed(rest_.substr(begin));
  inside_field_ = begin > 0;
  if (inside_field_) rest_ = rest_.substr(0, begin - 1);
  return entry;
}

std::optional<ForwardedElement> ForwardedElement::parse(std::string_view text) {
  ForwardedElement out;
  struct Seen {
    bool by = false, node = false, proto = false, host = false;
  } seen;
  const auto once = [](bool& flag) { return !std::exchange(flag, true); };
  for (std::string_view rest = text;;) {
    rest = http::trimmed(rest);
    if (!rest.empty() && rest.front() != ';') {  // an empty pair is allowed
      const std::size_t equals = rest.find('=');
      if (equals == 0 || equals == rest.npos) return std::nullopt;
      const std::string_view name = rest.substr(0, equals);
      if (!std::ranges::all_of(name, http::is_token_character)) return std::nullopt;
      rest.remove_prefix(equals + 1);
      const auto value = take_value(rest);
      if (!value) return std::nullopt;
      if (ascii_iequals(name, "for")) {
        if (!once(seen.node)) return std::nullopt;
        out.node = *value;
      } else if (ascii_iequals(name, "proto")) {
        if (!once(seen.proto)) return std::nullopt;
        out.proto = *value;
      } else if (ascii_iequals(name, "host")) {
        if (!once(seen.host)) return std::nullopt;
        out.host = *value;
      } else if (ascii_iequals(name, "by") && !once(seen.by)) {
        return std::nullopt;
      }
    }
    rest = http::trimmed(rest);
    if (rest.empty()) return out;
    if (rest.front() != ';') return std::nullopt;
    rest.remove_prefix(1);
  }
}

std::optional<std::string_view> address_of_node(std::string_view node, Ipv6Writing ipv6) {
  const auto address = [](std::string_view text) {
    return IpAddress::parse(text) ? std::optional(text) : std::nullopt;
  };
  if (node.starts_with('[')) {
    const std::size_t close = node.find(']');
    if (close == node.npos) return std::nullopt;
    const std::string_view inside = node.substr(1, close - 1);
    const std::string_view after = node.substr(close + 1);
    if (!inside.contains(':') || (!after.empty() && (after.front() != ':' || !is_port(after.substr(1)))))
      return std::nullopt;
    return address(inside);
  }
  const std::size_t colon = node.find(':');
  if (colon == node.npos) return address(node);
  if (node.find(':', colon + 1) != node.npos) return ipv6 == Ipv6Writing::bare ? address(node) : std::nullopt;
  return is_port(node.substr(colon + 1)) ? address(node.substr(0, colon)) : std::nullopt;
}

std::optional<http::Scheme> scheme_of(std::string_view proto) {
  if (ascii_iequals(proto, "https")) return http::Scheme::https;
  if (ascii_iequals(proto, "http")) return http::Scheme::http;
  return std::nullopt;
}

bool is_host(std::string_view text) {
  if (text.empty() || text.size() > host_bytes_max) return false;
  std::string_view host = text;
  const std::size_t colon = text.find(':', text.starts_with('[') ? std::min(text.find(']'), text.size()) : 0);
  if (colon != text.npos) {
    host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    if (port.empty() || port.size() > 5 || !std::ranges::all_of(port, is_digit)) return false;
  }
  if (host.starts_with('[')) {
    return host.ends_with(']') && host.contains(':') && IpAddress::parse(host.substr(1, host.size() - 2)).has_value();
  }
  return !host.empty() &&
         std::ranges::all_of(host, [](char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_'; });
}

}  // namespace ashlar::web::detail
