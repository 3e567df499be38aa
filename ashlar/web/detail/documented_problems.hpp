// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/app.hpp"
#include "ashlar/web/detail/exchange.hpp"

#include <map>
#include <string_view>
#include <vector>

namespace ashlar::web::detail {

using ProblemCodes = std::map<int, std::vector<std::string_view>>;  // by status

// The refusals of a connection before a message becomes a request: the same for every route.
[[nodiscard]] const ProblemCodes& connection_problems();

// Every refusal and failure that the route can answer, including the connection's. openapi_problems_test.cpp provokes
// them on routes and looks them up.
[[nodiscard]] ProblemCodes problems_of(const AppOptions& options, const PreparedRoute& prepared);

}  // namespace ashlar::web::detail
