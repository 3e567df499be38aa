// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace ashlar::web {

// The token of an Authorization field of the form "Bearer <token>" (RFC 6750 section 2.1): the scheme in any case (RFC
// 9110 section 11.1), one or more spaces, the token. nullopt: the field has another form. A view into the field.
[[nodiscard]] std::optional<std::string_view> bearer_token(std::string_view authorization);

}  // namespace ashlar::web
