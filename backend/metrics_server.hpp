// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/server.hpp"
#include "backend/application.hpp"

namespace ashlar::backend {

// GET /metrics of an application on a separate port (METRICS_PORT), for a network that only the scraper can reach. It
// listens from its construction and serves, with one loop, from server().start() until server().stop(). Start it after
// everything whose metrics it reads. The application and the servers that it shows outlive it.
class MetricsServer {
 public:
  // Throws std::system_error when the port is unavailable.
  MetricsServer(const Settings& settings, const Dependencies& dependencies, const web::App& application);

  [[nodiscard]] http::Server& server() { return server_; }

 private:
  web::App app_;
  http::Server server_;
};

}  // namespace ashlar::backend
