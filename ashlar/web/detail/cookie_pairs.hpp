// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/encoding.hpp"
#include "ashlar/http/field_syntax.hpp"
#include "ashlar/http/headers.hpp"

#include <concepts>
#include <string_view>

namespace ashlar::web::detail {

// RFC 6265 section 4.1.1.
inline bool is_cookie_octet(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u > 0x20 && u < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

// Calls `visit` with each "name=value" of the Cookie fields, trimmed, until it returns false. A pair may lack the '='.
// The views are into the headers.
void visit_cookie_pairs(const http::RequestHeaders& headers, std::predicate<std::string_view> auto visit) {
  for (const http::Field& field : headers.all()) {
    if (field.name.size() != 6 || !ascii_iequals(field.name, "cookie")) continue;
    for (std::string_view rest = field.value; !rest.empty();) {
      const std::size_t end = rest.find(';');
      const std::string_view pair = http::trimmed(rest.substr(0, end));
      rest = end == rest.npos ? std::string_view{} : rest.substr(end + 1);
      if (!visit(pair)) return;
    }
  }
}

}  // namespace ashlar::web::detail
