// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/token.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/web/compression.hpp"
#include "ashlar/web/cors.hpp"
#include "ashlar/web/csrf.hpp"
#include "ashlar/web/forms.hpp"
#include "ashlar/web/overload.hpp"
#include "ashlar/web/rate_limit.hpp"
#include "ashlar/web/routes.hpp"
#include "ashlar/web/security_headers.hpp"
#include "ashlar/web/trusted_proxies.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// The HTTP face: a route table behind the request chain. The chain, in this order:
//
//   where from (trusted proxies) -> request id -> security headers -> route (404, 405, HEAD, OPTIONS), CORS
//   -> overload (503) -> rate limits -> who asks -> guard -> CSRF -> rate limits by who asks -> content coding (406)
//   -> input (415, 413, 400, 422) -> owner -> the operation -> ETag and conditions (304, 412)
//   -> reply or problem details -> compression -> access log, metrics
//
// An App owns its routes; what it was given (tokens, clock, logger, services) outlives it. It runs on every loop at
// once and is immutable after its construction, but for counters.
namespace ashlar::web {

struct AppOptions {
  std::string title = "API";
  std::string version = "0.1.0";
  std::string environment = "development";  // shown by /health
  std::size_t body_bytes_max = 10 * 1024 * 1024;
  std::size_t json_depth_max = 32;
  std::chrono::milliseconds request_time_max{30'000};  // until it is answered, else 504; see http::Request; 0: no limit
  std::uint32_t rate_limit_max = 0;                    // requests a minute a client; 0: no limit but the routes' own
  std::optional<RateLimit> rate_limit = {};            // in its place, where another kind is wanted
  RateLimitStore* rate_limit_store = nullptr;          // outlives the App; null: counts in this process
  std::size_t rate_limit_clients_max = 100'000;        // counted at the same time; the oldest are forgotten
  SecurityHeaders security_headers = {};               // helmet's; a line can have others
  CorsOptions cors = {};                               // no other site by default
  TrustedProxyOptions trusted_proxies = {};            // none by default: the socket says who the client is
  CsrfOptions csrf = {};                               // where cookies say who asks
  enum class SecureCookies : std::uint8_t { no, yes } secure_cookies = SecureCookies::no;  // over https always
  std::string refresh_cookie_path = "/api/auth";
  enum class AccessLog : std::uint8_t { off, on } access_log = AccessLog::on;
  std::uint32_t access_log_one_in = 1;  // of quick successes one in so many is logged; what failed or was slow always
  std::chrono::milliseconds access_log_slow{1'000};  // what takes as long is slow
  enum class RequestIdHeader : std::uint8_t { off, on } request_id_header = RequestIdHeader::on;  // X-Request-Id
  CompressionOptions compression{};
  OverloadOptions overload = {};
  const MetricSources* metric_sources = nullptr;  // shown with the App's own; outlives it
  FormOptions forms{};
  StreamOptions streams{};
  // Told of every request that a route took and that may have changed something (not GET or HEAD), whatever came of it,
  // also of one that was late or whose client has gone; the answer waits for it. It has a time limit of its own and
  // does not throw. May be empty.
  std::function<Task<>(const Context&)> after_change = {};
};

class App final : public http::Handler {
 public:
  // Throws std::logic_error that names every wrong declaration and what to do: a route without a guard, two routes
  // that match the same paths, an owner look-up without {id}. `tokens` may be null: then nobody is ever signed in.
  App(AppOptions options, Context::Environment environment, const auth::Tokens* tokens, Routes routes);
  ~App() override;

  Task<> handle(http::Request& request, http::Response& response) override;
  void reject(int status, const Error& error, http::Response& response) override;

  [[nodiscard]] const std::vector<std::unique_ptr<Route>>& routes() const;
  [[nodiscard]] const std::string& openapi() const;  // the OpenAPI 3.1 document, JSON; made once
  [[nodiscard]] std::string metrics() const;         // Prometheus text format

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Adds GET /openapi.json, and GET /docs with the files it needs, all open. The document is made once, when first asked.
enum class DocsPage : std::uint8_t { no, yes };
void mount_docs(Routes& routes, DocsPage docs_page);

struct MetricsOptions {
  // What a scraper sends as `Authorization: Bearer`; compared in constant time. Empty: open to whoever reaches it.
  std::string token = {};
  const App* of = nullptr;  // another App's, served on a port of its own; it outlives this one. null: the App's itself
};
// Adds GET /metrics in the text format of Prometheus. A wrong token is 401, and the answers are never kept.
void mount_metrics(Routes& routes, MetricsOptions options = {});

}  // namespace ashlar::web
