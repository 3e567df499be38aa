// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// The grammar of proxies' fields about a request: RFC 7239, and the older X-Forwarded-* fields. Views into the request;
// nothing allocates.
namespace ashlar::web::detail {

// The entries of a list that may be spread over several fields of one name, from the last to the first, so that the
// trusted end is read regardless of the other. Commas inside quoted strings do not separate entries.
class EntriesFromLast {
 public:
  enum class Quotes : std::uint8_t { none, quoted_strings };
  EntriesFromLast(const http::RequestHeaders& headers, std::string_view name, Quotes quotes)
      : headers_(headers), name_(name), quotes_(quotes), fields_left_(headers.all().size()) {}

  // The next entry without surrounding blanks; nullopt at the end, or at a quoted string that has no beginning.
  std::optional<std::string_view> next();

 private:
  bool next_field();

  const http::RequestHeaders& headers_;
  std::string_view name_;
  Quotes quotes_;
  std::size_t fields_left_;
  std::string_view rest_;
  bool inside_field_ = false;
};

// RFC 7239 section 4: forwarded-element. nullopt when it is malformed, has a parameter twice or a backslash in a quoted
// value. Absent parameters are empty.
struct ForwardedElement {
  std::string_view node;  // "for"
  std::string_view proto;
  std::string_view host;

  static std::optional<ForwardedElement> parse(std::string_view text);
};

// The address in RFC 7239's node (section 6: IPv4, or IPv6 in brackets, each with or without a port); with `bare`, also
// an IPv6 address without brackets, as in X-Forwarded-For. nullopt for everything else.
enum class Ipv6Writing : std::uint8_t { in_brackets, bare };
std::optional<std::string_view> address_of_node(std::string_view node, Ipv6Writing ipv6);

std::optional<http::Scheme> scheme_of(std::string_view proto);
// RFC 3986 section 3.2.2, restricted to hosts used on the web: a name of letters, digits, "-", "." and "_", or an
// address, with or without a port; at most 261 bytes.
bool is_host(std::string_view text);

}  // namespace ashlar::web::detail
