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

// What an App is made of. HTTP's own steps are its functions, in the order in which they run; between find() and
// finish() stands api::Api::invoke(), which decides.
struct AppState {
  AppState(const App& its_app, AppOptions its_options, const api::Call::Environment& its_environment,
           const auth::Tokens* tokens, Routes its_routes);

  // Request id, security headers, CORS: what every response has. Runs again over what a failed handler had written.
  void start(Exchange& exchange) const;
  // Finds the route; else answers with 404, 405 with Allow, or the answer to OPTIONS, preflights included.
  enum class Found : unsigned char { route, answered };
  Found find(Exchange& exchange) const;
  Found answer_preflight(Exchange& exchange) const;  // Found::route: it is not a preflight
  void answer_without_route(Exchange& exchange) const;
  // From start() to as far as the call goes without waiting; then the rest of it is the task, or none that is valid().
  // Not part of App::handle: asio keeps a coroutine's frame for the next one only up to 1020 bytes, and the Exchange
  // alone takes most of them.
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
  std::vector<PreparedRoute> prepared;  // as the routes
  TrustedProxies proxies;
  SecurityHeaderBlocks security;
  CorsPolicy cors;
  Csrf csrf;
  bool any_cors = false;  // the App's, or a line's
  Compression compression;
  std::unique_ptr<RequestMetrics> metrics;
  std::unique_ptr<detail::UploadFolder> uploads;  // null where no route takes files
  std::once_flag openapi_made;
  std::string openapi;

 private:
  void prepare(std::size_t index, std::vector<std::string>& faults);
  void prepare_operation(PreparedRoute& out, std::vector<std::string>& faults);
  void prepare_location(PreparedRoute& out) const;
  void prepare_cors(PreparedRoute& out, std::vector<std::string>& faults);
};

}  // namespace ashlar::web
