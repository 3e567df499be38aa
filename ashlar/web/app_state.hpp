// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/app.hpp"
#include "ashlar/web/detail/stored_file.hpp"
#include "ashlar/web/exchange.hpp"
#include "ashlar/web/metrics.hpp"
#include "ashlar/web/overload.hpp"
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
  // Counts the limits of a stage; nullopt when the store has to be awaited: then limit_later() goes on from there.
  [[nodiscard]] std::optional<Result<>> try_limit(Exchange& exchange, LimitStage stage) const;
  [[nodiscard]] Task<Result<>> limit_later(Exchange& exchange, LimitStage stage) const;
  [[nodiscard]] std::optional<Error> authorize(Exchange& exchange) const;
  // Turns an error into the response.
  void fail(Exchange& exchange, const Error& error) const;
  // Cookies, compression, metrics, access log.
  void finish(Exchange& exchange) const;

  [[nodiscard]] HttpInput::Limits input_limits(const Route& route) const {
    return {.body_bytes_max = route.body_bytes_max.value_or(options.body_bytes_max),
            .json_depth_max = options.json_depth_max,
            .forms = &options.forms,
            .uploads = uploads.get()};
  }

  AppOptions options;
  Context::Environment environment;
  const auth::Tokens* tokens;  // may be null
  Routes routes;
  Router router;
  std::vector<PreparedRoute> prepared;  // as the routes
  TrustedProxies proxies;
  SecurityHeaderBlocks security;
  CorsPolicy cors;
  Csrf csrf;
  bool any_cors = false;  // the App's, or a line's
  Compression compression;
  std::optional<RateLimit> server_limit;
  std::unique_ptr<RateLimitStore> own_counts;  // null when another store was given, or there is nothing to count
  RateLimitStore* counts = nullptr;
  std::unique_ptr<RequestMetrics> metrics;
  std::unique_ptr<Overload> overload;
  std::unique_ptr<detail::UploadFolder> uploads;  // null where no route takes files
  std::once_flag openapi_made;
  std::string openapi;

 private:
  void prepare_limits(PreparedRoute& out) const;
  // Keeps what the headers will tell; the error, when the request is refused.
  [[nodiscard]] std::optional<Error> note(Exchange& exchange, const RateLimitDecision& decision) const;
  void prepare(std::size_t index, std::vector<std::string>& complaints);
};

}  // namespace ashlar::web
