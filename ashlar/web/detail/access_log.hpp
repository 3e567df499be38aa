// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/api.hpp"

#include <chrono>
#include <string>
#include <string_view>

// HTTP's attributes of a call's log line. Values of query parameters that look like secrets are never logged.
namespace ashlar::web {

struct Exchange;

// The log line of an answered request: method, url, host, status, bytes (of a body that is not streamed), and the
// attributes of api::log_call().
void log_request(const Exchange& exchange, const api::Api& api, std::chrono::nanoseconds took);

// The target with "[redacted]" for parameter values and path segments that look like secrets. The target itself when
// there are none, otherwise a text in `buffer`.
[[nodiscard]] std::string_view redact_target(std::string_view target, std::string& buffer);

}  // namespace ashlar::web
