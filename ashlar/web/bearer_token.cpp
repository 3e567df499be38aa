// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/bearer_token.hpp"

#include "ashlar/core/encoding.hpp"

namespace ashlar::web {

std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer";
  if (authorization.size() <= scheme.size() || !ascii_iequals(authorization.substr(0, scheme.size()), scheme) ||
      authorization[scheme.size()] != ' ')
    return std::nullopt;
  std::string_view token = authorization.substr(scheme.size());
  while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
  if (token.empty() || token.find_first_of(" \t,;\"") != token.npos) return std::nullopt;
  return token;
}

}  // namespace ashlar::web
