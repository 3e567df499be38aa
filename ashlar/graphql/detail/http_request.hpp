// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/graphql/server.hpp"

#include <expected>
#include <string>
#include <string_view>

// The request inside a request of HTTP. The error is a sentence.
namespace ashlar::graphql::detail {

// The JSON of a POST.
[[nodiscard]] std::expected<ServerRequest, std::string> read_body(std::string_view body);
// The query string of a GET.
[[nodiscard]] std::expected<ServerRequest, std::string> read_query(std::string_view query);

}  // namespace ashlar::graphql::detail
