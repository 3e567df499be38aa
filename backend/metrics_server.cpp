// SPDX-License-Identifier: Apache-2.0
#include "backend/metrics_server.hpp"

namespace ashlar::backend {

namespace {

web::AppOptions options_of_page() {
  web::AppOptions options;
  options.access_log = web::AppOptions::AccessLog::off;
  return options;
}

web::Routes page(const Settings& settings, const web::App& application) {
  web::Routes routes;
  web::mount_metrics(routes, {.token = settings.metrics_token, .of = &application});
  return routes;
}

}  // namespace

MetricsServer::MetricsServer(const Settings& settings, const Dependencies& dependencies, const web::App& application)
    : app_(options_of_page(), {&dependencies.clock, &dependencies.random, &dependencies.logger}, nullptr,
           page(settings, application)),
      server_({.host = settings.host, .port = settings.metrics_port.value_or(0), .loops = 1}, app_) {}

}  // namespace ashlar::backend
