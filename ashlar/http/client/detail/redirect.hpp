// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/http/client/client.hpp"

#include <optional>

namespace ashlar::http::detail {

// The target of a redirect (RFC 9110 section 15.4). Changes the request into the one for that target; nullopt: the
// response is not a redirect. 303 turns every method but HEAD into a GET without a body; 301 and 302 do so to POST, as
// browsers do. Error http_client.redirect_refused: see ClientRequest::redirects_max.
[[nodiscard]] Result<std::optional<RequestUrl>> follow(ClientRequest& request, const RequestUrl& url,
                                                       const ClientResponse& response);

}  // namespace ashlar::http::detail
