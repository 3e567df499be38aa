// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/http/client/client.hpp"

#include <optional>

namespace ashlar::http::detail {

// Where a response sends the request on to (RFC 9110 section 15.4), and changes the request into what goes there;
// nullopt: it is no redirect. 303 makes every method but HEAD a GET without a body; 301 and 302 do so to POST, as
// browsers do. Error http_client.redirect_refused: see ClientRequest::redirects_max.
[[nodiscard]] Result<std::optional<RequestUrl>> follow(ClientRequest& request, const RequestUrl& url,
                                                       const ClientResponse& response);

}  // namespace ashlar::http::detail
