// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/app.hpp"

#include "ashlar/web/credential_cookies.hpp"
#include "ashlar/web/detail/access_log.hpp"
#include "ashlar/web/detail/app_state.hpp"
#include "ashlar/web/detail/conditional.hpp"
#include "ashlar/web/detail/counted_body.hpp"
#include "ashlar/web/detail/error_response.hpp"
#include "ashlar/web/detail/openapi.hpp"

namespace ashlar::web {

namespace {

BodySizes sizes_of(const Exchange& exchange) {
  const http::Request& request = exchange.request;
  const http::Response& response = exchange.response;
  BodySizes out;
  if (request.body->present()) out.request_bytes = request.body->length();
  if (!response.stream && request.method != http::Method::head) out.response_bytes = response.body.size();
  return out;
}

}  // namespace

void AppState::start(Exchange& exchange) const {
  http::ResponseHeaders& headers = exchange.response.headers;
  const bool own = exchange.route != nullptr && exchange.route->security_headers;
  (own ? *exchange.route->security_headers : security).add_to(headers, exchange.client.scheme);
  if (options.request_id_header == AppOptions::RequestIdHeader::on) headers.add("X-Request-Id", exchange.id.view());
  if (exchange.cors != nullptr) exchange.cors->add_to(exchange.headers.origin, headers);
  exchange.add_limit_headers();
}

AppState::Found AppState::find(Exchange& exchange) const {
  const http::Request& request = exchange.request;
  if (any_cors && request.method == http::Method::options && !exchange.headers.origin.empty() &&
      answer_preflight(exchange) == Found::answered)
    return Found::answered;
  // An extended CONNECT has the route of HTTP/1.1's upgrade (RFC 8441 section 5).
  const bool opens_tunnel = !request.connect_protocol.empty();
  exchange.match = router.match(opens_tunnel ? http::Method::get : request.method, request.path);
  if (exchange.match.route == Router::none) {
    exchange.cors = any_cors ? &cors : nullptr;
    answer_without_route(exchange);
    return Found::answered;
  }
  exchange.route = &prepared[exchange.match.route];
  if (exchange.route->security_headers) {
    exchange.response.headers.clear();
    start(exchange);
  }
  exchange.cors = exchange.route->cors;
  if (exchange.cors != nullptr) exchange.cors->add_to(exchange.headers.origin, exchange.response.headers);
  return Found::route;
}

// The route that the page wants to call decides. A preflight for an unknown path gets the same 404 as every other
// request.
AppState::Found AppState::answer_preflight(Exchange& exchange) const {
  const auto method = exchange.request.headers.find("Access-Control-Request-Method");
  if (!method) return Found::route;
  const Router::Match wanted = router.match(http::method_of(*method), exchange.request.path);
  if (wanted.allow.empty()) return Found::route;
  const CorsPolicy* policy = wanted.route == Router::none ? &cors : prepared[wanted.route].cors;
  http::ResponseHeaders& headers = exchange.response.headers;
  if (policy == nullptr ||
      policy->add_preflight_to(exchange.headers.origin, wanted.allow, headers) == CorsPolicy::Preflight::refused) {
    headers.add("Vary", "Origin");
    headers.add("Allow", wanted.allow);
  }
  exchange.response.status = 204;
  return Found::answered;
}

void AppState::answer_without_route(Exchange& exchange) const {
  const http::Request& request = exchange.request;
  if (request.method == http::Method::options && (!exchange.match.allow.empty() || request.path == "*")) {
    exchange.response.status = 204;
    if (exchange.cors != nullptr) exchange.cors->add_to(exchange.headers.origin, exchange.response.headers);
    if (!exchange.match.allow.empty()) exchange.response.headers.add("Allow", exchange.match.allow);
  } else if (exchange.match.allow.empty()) {
    exchange.reply.fail({errors::route_not_found, "There is nothing at this path."});
  } else {
    exchange.reply.fail(
        {errors::method_not_allowed, "This path accepts other methods: " + std::string(exchange.match.allow) + '.'});
    exchange.response.headers.set("Allow", exchange.match.allow);
  }
}

CookiePolicy AppState::cookies_of(const Exchange& exchange) const {
  const bool secure =
      options.secure_cookies == AppOptions::SecureCookies::yes || exchange.client.scheme == http::Scheme::https;
  return {.names = options.cookies, .secure = secure ? CookiePolicy::Secure::yes : CookiePolicy::Secure::no};
}

void AppState::finish(Exchange& exchange) const {
  const bool compressed = (exchange.route == nullptr || exchange.route->route->compressed == Route::Compressed::yes) &&
                          exchange.secrets == Exchange::Secrets::none;
  if (exchange.response.status == 304) {
    if (compressed) compression.apply_to_not_modified(exchange.request, exchange.headers, exchange.response);
    become_not_modified(exchange.response);
  } else if (compressed) {
    compression.apply(exchange.request, exchange.headers, exchange.response);
  }
  const auto took = environment.clock->steady() - exchange.began;
  const std::size_t route = exchange.route == nullptr ? metrics->unmatched() : exchange.match.route;
  metrics->ended(route, exchange.response.status, took, sizes_of(exchange));
  http::BodyProducer& stream = exchange.response.stream;
  if (stream) stream = detail::counted(std::move(stream), *metrics, route);
  log_request(exchange, *api, took);
}

App::App(AppOptions options, api::Call::Environment environment, const auth::Tokens* tokens, Routes routes)
    : state_(std::make_unique<AppState>(*this, std::move(options), environment, tokens, std::move(routes))) {}
App::~App() = default;

namespace {

// Runs the call as far as possible without waiting; the rest is the returned task, not valid() if there is none.
Task<> invoke(const AppState& state, Exchange& exchange) {
  api::Invocation invocation{.endpoint = *exchange.route->endpoint,
                             .call = exchange.call,
                             .transport = exchange,
                             .input = exchange.input,
                             .reply = exchange.reply,
                             .began = exchange.began};
  if (state.api->try_invoke(invocation) == api::Api::Progress::ended) return {};
  return state.api->invoke(std::move(invocation));
}

// Requests without a route (404, 405, OPTIONS and preflights) count against the App's rate limit as well.
void apply_limit(Exchange& exchange, const api::RateLimitDecision& decision) {
  exchange.set_rate_limit(decision);
  if (decision.allowed) {
    exchange.add_limit_headers();
  } else {
    exchange.reply.fail(api::rate_limit_error(decision));
  }
}

Task<> limit_unmatched(const AppState& state, Exchange& exchange) {
  apply_limit(exchange, co_await state.api->limit_unmatched(exchange.call, exchange.began));
}

// The task is the rest, when the store of the counts has to wait.
Task<> begin_limit_unmatched(const AppState& state, Exchange& exchange) {
  const auto decision = state.api->try_limit_unmatched(exchange.call, exchange.began);
  if (!decision) return limit_unmatched(state, exchange);
  apply_limit(exchange, *decision);
  return {};
}

}  // namespace

Task<> AppState::begin(Exchange& exchange) const {
  api->began();
  start(exchange);
  if (find(exchange) == Found::answered) return begin_limit_unmatched(*this, exchange);
  exchange.request.time_max = exchange.route->endpoint->time_max;
  return invoke(*this, exchange);
}

static_assert(sizeof(Exchange) <= 864, "the frame of App::handle exceeds what asio keeps; see AppState::begin");

Task<> App::handle(http::Request& request, http::Response& response) {
  Exchange exchange(*state_, request, response);
  if (Task<> rest = state_->begin(exchange); rest.valid()) co_await std::move(rest);
  state_->finish(exchange);
}

bool App::reads_body_as_it_arrives(const http::Request& request) const {
  if (!state_->any_body_as_it_arrives) return false;
  const Router::Match match = state_->router.match(request.method, request.path);
  return match.route != Router::none &&
         state_->prepared[match.route].route->body_read == Route::BodyRead::as_it_arrives;
}

void App::reject(int status, const Error& error, const http::Request& request, http::Response& response) {
  const api::RequestId id({}, *state_->environment.random);
  state_->security.add_to(response.headers, http::Scheme::http);
  if (state_->options.request_id_header == AppOptions::RequestIdHeader::on)
    response.headers.add("X-Request-Id", id.view());
  if (state_->any_cors) state_->cors.add_to(request.headers.get("Origin"), response.headers);
  write_problem(status, error, {.instance = {}, .request_id = id.view()}, response);
  state_->metrics->ended(state_->metrics->unmatched(), status, {});
  if (state_->options.access_log == AppOptions::AccessLog::on)
    state_->environment.logger->info("request rejected", {{"code", error.code().name},
                                                          {"status", status},
                                                          {"address", state_->proxies.origin_of(request).address},
                                                          {"requestId", id.view()}});
}

const api::Api& App::api() const { return *state_->api; }

const std::vector<std::unique_ptr<Route>>& App::routes() const { return state_->routes.all(); }

const std::string& App::openapi() const {
  std::call_once(state_->openapi_made, [this] { state_->openapi = make_openapi(state_->options, state_->prepared); });
  return state_->openapi;
}

std::string App::metrics() const {
  std::string out;
  observe::MetricsText text(out);
  state_->metrics->append_to(text);
  text.single("http_requests_in_flight", observe::MetricType::gauge, "Requests being answered.",
              static_cast<double>(state_->api->metrics().in_flight()));
  state_->api->append_metrics(text);
  if (state_->options.metric_sources != nullptr) state_->options.metric_sources->append_to(text);
  append_process_metrics(text);
  append_build_info(state_->options.version, text);
  return out;
}

}  // namespace ashlar::web
