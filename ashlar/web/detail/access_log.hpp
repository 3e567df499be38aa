// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/api.hpp"

#include <chrono>
#include <string>
#include <string_view>

// What HTTP adds to the log line of a call. Values of query parameters that look like secrets never get there.
namespace ashlar::web {

struct Exchange;

// The line of a request whose response is made: method, url, host, status, bytes (of a body that is not streamed), and
// what api::log_call() adds.
void log_request(const Exchange& exchange, const api::Api& api, std::chrono::nanoseconds took);

// The target with "[redacted]" for the values of parameters and for segments of the path that look like secrets. The
// target itself when there are none, else a text in `buffer`.
[[nodiscard]] std::string_view redact_target(std::string_view target, std::string& buffer);

}  // namespace ashlar::web
