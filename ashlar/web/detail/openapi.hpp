// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/app.hpp"
#include "ashlar/web/detail/exchange.hpp"

#include <span>
#include <string>

namespace ashlar::web {

// Describes the operations among the routes as an OpenAPI 3.1 document, in JSON. Raw handlers and pages are not in it.
// What a route declares is completed by what the chain adds: a guard brings 401 and 403, an input 400, 413, 415 and
// 422, a limit 429. Each problem response lists the codes that it may have.
[[nodiscard]] std::string make_openapi(const AppOptions& options, std::span<const PreparedRoute> routes);

}  // namespace ashlar::web
