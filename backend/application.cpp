// SPDX-License-Identifier: Apache-2.0
#include "backend/application.hpp"

#include "backend/auth/routes.hpp"
#include "backend/health/routes.hpp"
#include "backend/posts/routes.hpp"
#include "backend/products/routes.hpp"
#include "backend/users/routes.hpp"
#include "backend/version.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace ashlar::backend {

namespace {

// Hashing takes a whole core for a quarter of a second: one core is left to the loops.
async::BlockingPoolOptions hashing_pool() {
  return {.threads = std::max(1U, std::thread::hardware_concurrency() - 1), .queue_max = 256, .name = "hashing"};
}

web::AppOptions app_options(const Settings& settings) {
  using SecureCookies = web::AppOptions::SecureCookies;
  return {.title = "Ashlar",
          .version = std::string(version()),
          .environment = std::string(to_string(settings.stage)),
          .body_bytes_max = settings.body_bytes_max,
          .request_time_max = settings.request_time_max,
          .rate_limit_max = settings.rate_limit_max,
          .cors = settings.cors,
          .trusted_proxies = settings.trusted_proxies,
          .secure_cookies =
              settings.secure_cookies == Settings::SecureCookies::yes ? SecureCookies::yes : SecureCookies::no,
          .compression = {.state = settings.compression == Settings::Compression::on
                                       ? web::CompressionOptions::State::on
                                       : web::CompressionOptions::State::off}};
}

}  // namespace

Application::Application(Settings settings, Foundation foundation)
    : settings_(std::move(settings)),
      foundation_(foundation),
      hashing_(hashing_pool()),
      passwords_(hashing_, foundation.random, {.cost = settings_.bcrypt_cost}),
      revocations_(foundation.clock),
      tokens_(settings_.tokens, foundation.clock, foundation.random, revocations_),
      sessions_(foundation.database, tokens_, revocations_),
      readiness_(foundation.database),
      app_(app_options(settings_), {&foundation_.clock, &foundation_.random, &foundation_.logger}, &tokens_, routes()) {
  if (auto loaded = sessions_.load_blocking(foundation_.clock.now()); !loaded) {
    throw std::runtime_error("cannot read the ended sessions: " + loaded.error().message() + " " +
                             loaded.error().cause());
  }
}

Application::~Application() = default;

web::Routes Application::routes() {
  web::Routes routes;
  mount_health(routes, settings_.stage, readiness_);
  mount_auth(routes, foundation_.database, passwords_, sessions_);
  mount_users(routes, foundation_.database, passwords_, sessions_);
  mount_posts(routes, foundation_.database);
  mount_products(routes, foundation_.database);
  web::mount_docs(routes, settings_.stage == Stage::production ? web::DocsPage::no : web::DocsPage::yes);
  web::mount_metrics(routes);
  if (settings_.rate_limit_max == 0) {
    for (const auto& route : routes.all()) route->limit.reset();
  }
  return routes;
}

}  // namespace ashlar::backend
