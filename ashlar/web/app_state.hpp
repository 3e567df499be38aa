// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/app.hpp"
#include "ashlar/web/exchange.hpp"
#include "ashlar/web/metrics.hpp"
#include "ashlar/web/rate_limit.hpp"
#include "ashlar/web/router.hpp"
#include "ashlar/web/security_headers.hpp"
#include "ashlar/web/trusted_proxies.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

// What an App is made of. The steps of the chain are its functions, in the order in which they run; each but the last
// says what refuses the request, if anything does.
namespace ashlar::web {

struct App::State {
  State(AppOptions its_options, const Context::Environment& its_environment, const auth::Tokens* its_tokens,
        Routes its_routes);

  // Request id, security headers: what every response has. Also run again over what a failed handler had written.
  void start(Exchange& exchange) const;
  // Finds the route; else 404, 405 with Allow, or the answer to OPTIONS, a preflight's among them.
  enum class Found : unsigned char { route, answered };
  Found find(Exchange& exchange) const;
  Found answer_preflight(Exchange& exchange) const;  // Found::route: it is none
  void answer_without_route(Exchange& exchange) const;
  [[nodiscard]] std::optional<Error> limit(Exchange& exchange) const;
  [[nodiscard]] std::optional<Error> authorize(Exchange& exchange) const;
  // Turns an error into the response.
  void fail(Exchange& exchange, const Error& error) const;
  // Cookies, metrics, access log.
  void finish(Exchange& exchange) const;

  [[nodiscard]] HttpInput::Limits input_limits(const Route& route) const {
    return {.body_bytes_max = route.body_bytes_max.value_or(options.body_bytes_max),
            .json_depth_max = options.json_depth_max};
  }

  AppOptions options;
  Context::Environment environment;
  const auth::Tokens* tokens;  // may be null
  Routes routes;
  Router router;
  std::vector<PreparedRoute> prepared;  // as the routes
  TrustedProxies proxies;
  SecurityHeaders security;
  CorsPolicy cors;
  bool any_cors = false;  // the App's, or a line's
  std::unique_ptr<RateLimitStore> counts;
  std::unique_ptr<RequestMetrics> metrics;
  std::once_flag openapi_made;
  std::string openapi;

 private:
  void prepare(std::size_t index, std::vector<std::string>& complaints);
};

}  // namespace ashlar::web
