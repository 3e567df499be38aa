// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/api.hpp"
#include "ashlar/web/app.hpp"
#include "ashlar/web/credential_cookies.hpp"
#include "ashlar/web/detail/exchange.hpp"
#include "ashlar/web/detail/router.hpp"
#include "ashlar/web/detail/stored_file.hpp"
#include "ashlar/web/metrics.hpp"
#include "ashlar/web/security_headers.hpp"
#include "ashlar/web/trusted_proxies.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::web {

// The state of an App. HTTP's own steps are its functions, in the order in which they run; api::Api::invoke(), which
// decides, runs between find() and finish().
struct AppState {
  AppState(const App& its_app, AppOptions its_options, const api::Call::Environment& its_environment,
           const auth::Tokens* tokens, Routes its_routes);

  // Request id, security headers, CORS: part of every response. Runs again after a failed handler.
  void start(Exchange& exchange) const;
  // Finds the route; else answers with 404, 405 with Allow, or the answer to OPTIONS, preflights included.
  enum class Found : unsigned char { route, answered };
  Found find(Exchange& exchange) const;
  Found answer_preflight(Exchange& exchange) const;  // Found::route: it is not a preflight
  void answer_without_route(Exchange& exchange) const;
  // Runs from start() as far as possible without waiting; the rest is the returned task, which is not valid() if there
  // is none. Not part of App::handle: asio reuses a coroutine's frame only up to 1020 bytes, and the Exchange takes
  // most of them.
  Task<> begin(Exchange& exchange) const;
  // Compression, metrics, access log.
  void finish(Exchange& exchange) const;

  [[nodiscard]] CookiePolicy cookies_of(const Exchange& exchange) const;

  const App* app;
  AppOptions options;
  api::Call::Environment environment;
  Routes routes;
  std::unique_ptr<api::Api> api;
  Router router;
  std::vector<PreparedRoute> prepared;  // parallel to the routes
  TrustedProxies proxies;
  SecurityHeaderBlocks security;
  CorsPolicy cors;
  Csrf csrf;
  bool any_cors = false;  // of the App, or of a route
  bool any_body_as_it_arrives = false;
  Compression compression;
  std::unique_ptr<RequestMetrics> metrics;
  std::unique_ptr<detail::UploadFolder> uploads;  // null when no route accepts files
  std::once_flag openapi_made;
  std::string openapi;

 private:
  void prepare(std::size_t index, std::vector<std::string>& faults);
  void prepare_operation(PreparedRoute& out, std::vector<std::string>& faults);
  void prepare_location(PreparedRoute& out) const;
  void prepare_cors(PreparedRoute& out, std::vector<std::string>& faults);
};

}  // namespace ashlar::web
