// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/api.hpp"
#include "ashlar/auth/token.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/web/compression.hpp"
#include "ashlar/web/cors.hpp"
#include "ashlar/web/credential_cookies.hpp"
#include "ashlar/web/csrf.hpp"
#include "ashlar/web/forms.hpp"
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

// The HTTP transport: a route table over an api::Api. A request passes these steps, in this order:
//
//   client address (trusted proxies) -> request id -> security headers -> route (404, 405, HEAD, OPTIONS), CORS
//   -> api::Api::invoke(): overload (503), limits (429), authentication, guard (401, 403), CSRF, response coding (406),
//      limits by caller, input (415, 413, 400, 422), owner, the operation
//   -> ETag and conditions (304, 412) -> reply or problem details -> compression -> access log, metrics
//
// An App owns its routes. The constructor's arguments (tokens, clock, logger, services) outlive it. It runs on every
// loop concurrently and is immutable after construction except for counters.
namespace ashlar::observe {
class MetricSources;
}

namespace ashlar::web {

struct AppOptions {
  std::string title = "API";
  std::string version = "0.1.0";
  std::string environment = "development";        // shown by /health
  std::size_t body_bytes_max = 10 * 1024 * 1024;  // JSON and urlencoded forms: less if the input's type sets a bound
  std::size_t json_depth_max = 32;
  std::chrono::milliseconds request_time_max{30'000};  // a call's deadline, then 504; 0: none
  std::uint32_t rate_limit_max = 0;                    // requests per minute and client; 0: only the routes' own limits
  std::optional<api::RateLimit> rate_limit = {};       // replaces rate_limit_max, for another kind of limit
  api::RateLimitStore* rate_limit_store = nullptr;     // outlives the App; null: counts in this process
  std::size_t rate_limit_clients_max = 100'000;        // counted at once in this process; the oldest are forgotten
  SecurityHeaders security_headers = {};               // helmet's; a route can override them
  CorsOptions cors = {};                               // by default no other site is allowed
  TrustedProxyOptions trusted_proxies = {};            // none by default: the socket's address is the client's
  CsrfOptions csrf = {};                               // for requests whose caller is identified by a cookie
  CredentialCookies cookies = {};                      // names and path of the cookies that hold tokens
  enum class SecureCookies : std::uint8_t { no, yes } secure_cookies = SecureCookies::no;  // yes over https always
  enum class AccessLog : std::uint8_t { off, on } access_log = AccessLog::on;
  std::uint32_t access_log_one_in = 1;  // of fast successes, one in this many is logged; failures and slow calls always
  std::chrono::milliseconds access_log_slow{1'000};  // a request that takes this long is slow
  enum class RequestIdHeader : std::uint8_t { off, on } request_id_header = RequestIdHeader::on;  // X-Request-Id
  CompressionOptions compression{};
  api::OverloadOptions overload = {};
  const observe::MetricSources* metric_sources = nullptr;  // shown with the App's own; outlives it
  // Errors of every operation that is not essential, in addition to its fails_with(): the database's, for example. For
  // the OpenAPI document.
  std::vector<ErrorCode> operation_errors = {};
  FormOptions forms{};
  api::StreamOptions streams{};
  api::AuthoritySource* authorities = nullptr;      // outlives the App; null: the token's claims count
  api::ApiKeySource* api_keys = nullptr;            // outlives the App; null: no API key is accepted
  api::TokenKeySource* token_keys = nullptr;        // outlives the App; null: the keys of its tokens do not change
  std::function<void(api::Steps&)> add_steps = {};  // the application's own steps; see api/step.hpp
  // Endpoints of other transports alone (realtime/channels.hpp), which pass the same steps. They outlive the App.
  std::vector<const api::Endpoint*> more_endpoints = {};
};

struct AppState;

class App final : public http::Handler {
 public:
  // Throws std::logic_error that lists every wrong declaration and how to fix it: a route without a guard, two routes
  // that match the same paths, an owner look-up without `id`. `tokens` may be null: then nobody can sign in.
  App(AppOptions options, api::Call::Environment environment, const auth::Tokens* tokens, Routes routes);
  ~App() override;

  Task<> handle(http::Request& request, http::Response& response) override;
  [[nodiscard]] bool reads_body_as_it_arrives(const http::Request& request) const override;
  void reject(int status, const Error& error, const http::Request& request, http::Response& response) override;

  // The operations behind the routes, for other transports (api::Client). Lives as long as the App.
  [[nodiscard]] const api::Api& api() const;
  [[nodiscard]] const std::vector<std::unique_ptr<Route>>& routes() const;
  [[nodiscard]] const std::string& openapi() const;  // the OpenAPI 3.1 document as JSON; generated once
  [[nodiscard]] std::string metrics() const;         // Prometheus text format

 private:
  std::unique_ptr<AppState> state_;
};

// Adds GET /openapi.json, and GET /docs with its files, all of them open. The document is generated at the first
// request.
enum class DocsPage : std::uint8_t { no, yes };
void mount_docs(Routes& routes, DocsPage docs_page);

struct MetricsOptions {
  // Required as `Authorization: Bearer`; compared in constant time. Empty: no authentication.
  std::string token = {};
  const App* of = nullptr;  // another App's metrics, on a separate port; it outlives this one. null: this App's
};
// Adds GET /metrics in the text format of Prometheus. A wrong token is 401; responses are never stored by caches.
void mount_metrics(Routes& routes, MetricsOptions options = {});

}  // namespace ashlar::web
