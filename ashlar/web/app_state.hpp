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
  // From the found route to the reply. Served::later: something has to be awaited, and serve() goes on from there.
  enum class Served : unsigned char { now, later };
  Served try_serve(const App& app, Exchange& exchange) const;
  Task<> serve(const App& app, Exchange& exchange) const;
  [[nodiscard]] std::optional<Result<>> try_run(const App& app, Exchange& exchange) const;  // when it is admitted
  // Overload, the limits, the guard, what the client takes. nullopt when a limit's store has to be awaited: then
  // admit() goes on from there.
  [[nodiscard]] std::optional<Result<>> try_admit(Exchange& exchange) const;
  [[nodiscard]] Task<Result<>> admit(Exchange& exchange) const;
  [[nodiscard]] std::optional<Result<>> try_admit_caller(Exchange& exchange) const;  // from the guard on
  // Counts the limits of the exchange's stage; nullopt when the store has to be awaited: then limit() goes on.
  [[nodiscard]] std::optional<Result<>> try_limit(Exchange& exchange) const;
  [[nodiscard]] Task<Result<>> limit(Exchange& exchange) const;
  [[nodiscard]] std::optional<Error> authorize(Exchange& exchange) const;
  // What the line says of every reply: its Cache-Control, its ETag.
  [[nodiscard]] Result<> replied(Exchange& exchange) const;
  // Turns an error into the response.
  void fail(Exchange& exchange, const Error& error) const;
  void refuse(Exchange& exchange, const Error& error) const;  // that came out of serve()
  void fail_by_exception(Exchange& exchange) const;           // called where one is caught
  // Cookies, compression, metrics, access log.
  [[nodiscard]] bool may_have_changed(const Exchange& exchange) const;
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
