// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/app.hpp"
#include "ashlar/web/detail/exchange.hpp"

#include <span>
#include <string>

namespace ashlar::web {

// Describes the operations among the routes as an OpenAPI 3.1 document, in JSON. Raw handlers and pages are omitted.
// The chain's responses are added to a route's declarations: a guard adds 401 and 403, an input 400, 413, 415 and 422,
// a limit 429. Each problem response lists its possible codes.
[[nodiscard]] std::string make_openapi(const AppOptions& options, std::span<const PreparedRoute> routes);

}  // namespace ashlar::web
