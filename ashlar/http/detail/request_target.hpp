// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"

#include <optional>
#include <string_view>

namespace ashlar::http::detail {

// The parts of a request's target: views into it.
struct RequestTarget {
  std::string_view path;         // "*" for the asterisk form
  std::string_view query;        // without the question mark
  std::string_view authority;    // of the absolute form; otherwise empty
  Scheme scheme = Scheme::http;  // of the absolute form
};

// RFC 9112 section 3.2: the origin form, the absolute form with http or https, and for OPTIONS the asterisk form.
// Refuses everything else (the authority form belongs to CONNECT, which only proxies support), bytes outside visible
// ASCII, a fragment, user information, an empty or malformed authority.
[[nodiscard]] std::optional<RequestTarget> parse_target(Method method, std::string_view target);

// Whether a target's authority and a Host field are equivalent: ignoring case, with a default port equal to none.
[[nodiscard]] bool same_authority(std::string_view a, std::string_view b, Scheme scheme);

}  // namespace ashlar::http::detail
