// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/principal.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/web/trace_context.hpp"
#include "ashlar/web/trusted_proxies.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

// What the chain tells the log. Values of query parameters that look like secrets never get there.
namespace ashlar::web {

struct LoggedRequest {
  const http::Request& request;
  const ClientOrigin& client;
  std::string_view request_id;
  const auth::Principal* principal;  // null: nobody
  const TraceContext* trace;         // null: nobody traces it
};

// One line for each request, when its response is made: method, url, host, address, status, durationMs, bytes (of a
// body that is not streamed), userId, requestId, and traceId and spanId when somebody traces it. A line that stands for
// more than itself says so as oneIn.
void log_access(log::Logger& log, const LoggedRequest& logged, const http::Response& response,
                std::chrono::nanoseconds took, std::uint32_t stands_for = 1);

// Which requests have a line.
struct AccessLogSampling {
  std::uint32_t one_in = 1;  // of quick successes; not 0
  std::chrono::milliseconds slow{1'000};

  // For how many requests this one's line stands; 0: it has none. By chance, which no client can choose.
  [[nodiscard]] std::uint32_t share_of(int status, std::chrono::nanoseconds took, Random& random) const;
};

// A caller that was known and not let through, at `warn`, with what was required of him; or one whose token was
// refused.
void log_refusal(log::Logger& log, const LoggedRequest& logged, const Error& error, std::string_view required);

// A fault of ours, at `error`, with what only the log may know.
void log_failure(log::Logger& log, const LoggedRequest& logged, std::string_view code, std::string_view cause);

// The target with "[redacted]" for the values of parameters that look like secrets. The target itself when there are
// none, else a text in `buffer`.
[[nodiscard]] std::string_view redact_target(std::string_view target, std::string& buffer);

}  // namespace ashlar::web
