// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/server.hpp"
#include "backend/application.hpp"

namespace ashlar::backend {

// GET /metrics of an application on a port of its own (METRICS_PORT), for a network that only the scraper is in. It
// listens from its construction and serves, with one loop, from server().start() until server().stop(). Start it after
// everything whose figures it reads. The application and the servers that it shows outlive it.
class MetricsServer {
 public:
  // Throws std::system_error when the port cannot be had.
  MetricsServer(const Settings& settings, const Dependencies& dependencies, const web::App& application);

  [[nodiscard]] http::Server& server() { return server_; }

 private:
  web::App app_;
  http::Server server_;
};

}  // namespace ashlar::backend
