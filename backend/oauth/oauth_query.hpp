// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/oidc/provider.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// The queries of the two endpoints for browsers. They are parsed here and not as an operation's input, because a
// callback has parameters that no standard lists.
namespace ashlar::backend {

struct StartQuery {
  std::string return_to;  // empty: none
  enum class Link : std::uint8_t { no, yes } link = Link::no;
  enum class Fresh : std::uint8_t { no, yes } fresh = Fresh::no;
};

// returnTo, link and fresh. Errors: request.invalid for an unknown, a repeated or a malformed parameter.
[[nodiscard]] Result<StartQuery> read_start_query(std::string_view query);

// state, code, error and iss; others are ignored, as RFC 6749 section 4.1.2 asks. Error request.invalid for one that is
// repeated (section 3.1) or not UTF-8.
[[nodiscard]] Result<oidc::Callback> read_callback(std::string_view query);

}  // namespace ashlar::backend
