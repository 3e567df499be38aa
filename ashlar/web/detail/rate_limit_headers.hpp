// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/rate_limit.hpp"
#include "ashlar/http/headers.hpp"

namespace ashlar::web {

// RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset (draft-ietf-httpapi-ratelimit-headers-03).
void add_rate_limit_headers(const api::RateLimitDecision& decision, http::ResponseHeaders& headers);

}  // namespace ashlar::web
