// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/app.hpp"

#include "ashlar/async/shielded.hpp"
#include "ashlar/web/access_log.hpp"
#include "ashlar/web/app_state.hpp"
#include "ashlar/web/authentication.hpp"
#include "ashlar/web/conditional.hpp"
#include "ashlar/web/cookies.hpp"
#include "ashlar/web/detail/counted_body.hpp"
#include "ashlar/web/error_response.hpp"
#include "ashlar/web/http_reply.hpp"
#include "ashlar/web/openapi.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <exception>

namespace ashlar::web {

namespace {

constexpr std::size_t last_event_id_bytes_max = 1024;

bool reads_only(http::Method method) { return method == http::Method::get || method == http::Method::head; }

LoggedRequest logged(const Exchange& exchange) {
  const Context& context = exchange.context;
  return {exchange.request, exchange.client, exchange.id.view(), context.principal(),
          context.is_traced() ? &context.trace() : nullptr};
}

BodySizes sizes_of(const Exchange& exchange) {
  const http::Request& request = exchange.request;
  const http::Response& response = exchange.response;
  BodySizes out;
  if (request.body->present()) out.request_bytes = request.body->length();
  if (!response.stream && request.method != http::Method::head) out.response_bytes = response.body.size();
  return out;
}

std::chrono::nanoseconds elapsed(const Exchange& exchange) {
  return exchange.context.clock().steady() - exchange.began;
}

// What an operator must look at; the cause of a client's mistake is nobody's business.
bool is_fault_of_ours(const Error& error) {
  const bool part_away = error.kind() == ErrorKind::unavailable || error.kind() == ErrorKind::timed_out;
  return error.kind() == ErrorKind::internal || (part_away && !error.cause().empty());
}

Error error_of_current_exception() {
  try {
    throw;
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted)
      return {errors::request_cancelled, "The request was given up."};
    return Error(ashlar::errors::internal, {}).with_cause(error.what());
  } catch (const std::exception& error) {
    return Error(ashlar::errors::internal, {}).with_cause(error.what());
  } catch (...) {
    return Error(ashlar::errors::internal, {}).with_cause("an exception that is no std::exception");
  }
}

Error error_of_lateness(const Exchange& exchange) {
  return Error(ashlar::errors::deadline_exceeded, "This took too long and was given up.")
      .with_cause("time_max of " + std::to_string(exchange.route->time_max.count()) + " ms has passed");
}

}  // namespace

void App::State::start(Exchange& exchange) const {
  http::ResponseHeaders& headers = exchange.response.headers;
  const bool own = exchange.route != nullptr && exchange.route->security_headers;
  (own ? *exchange.route->security_headers : security).add_to(headers, exchange.client.scheme);
  if (options.request_id_header == AppOptions::RequestIdHeader::on) headers.add("X-Request-Id", exchange.id.view());
  if (exchange.cors != nullptr) exchange.cors->add_to(exchange.headers.origin, headers);
  if (exchange.limit.limit != 0) add_rate_limit_headers(exchange.limit, headers);
}

App::State::Found App::State::find(Exchange& exchange) const {
  const http::Request& request = exchange.request;
  if (any_cors && request.method == http::Method::options && !exchange.headers.origin.empty() &&
      answer_preflight(exchange) == Found::answered)
    return Found::answered;
  exchange.match = router.match(request.method, request.path);
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
  if (exchange.route->streams_events)
    exchange.context.set_last_event_id(request.headers.get("Last-Event-ID").substr(0, last_event_id_bytes_max));
  return Found::route;
}

// The line that decides is the one that the page wants to call. What the router does not know is no preflight's
// business: it gets the same 404 as every request.
App::State::Found App::State::answer_preflight(Exchange& exchange) const {
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

void App::State::answer_without_route(Exchange& exchange) const {
  const http::Request& request = exchange.request;
  if (request.method == http::Method::options && (!exchange.match.allow.empty() || request.path == "*")) {
    exchange.response.status = 204;
    if (exchange.cors != nullptr) exchange.cors->add_to(exchange.headers.origin, exchange.response.headers);
    if (!exchange.match.allow.empty()) exchange.response.headers.add("Allow", exchange.match.allow);
  } else if (exchange.match.allow.empty()) {
    fail(exchange, {errors::route_not_found, "There is nothing at this path."});
  } else {
    fail(exchange,
         {errors::method_not_allowed, "This path takes other methods: " + std::string(exchange.match.allow) + '.'});
    exchange.response.headers.set("Allow", exchange.match.allow);
  }
}

App::State::Served App::State::try_serve(const App& app, Exchange& exchange) const {
  auto done = try_admit(exchange);
  if (!done) return Served::later;
  exchange.admitted = true;
  if (*done) done = try_run(app, exchange);
  if (!done) return Served::later;
  if (!*done) refuse(exchange, done->error());
  return Served::now;
}

std::optional<Result<>> App::State::try_run(const App& app, Exchange& exchange) const {
  if (exchange.limit.limit != 0) add_rate_limit_headers(exchange.limit, exchange.response.headers);
  const Route& route = *exchange.route->route;
  if (route.page) return route.page(app, exchange.request, exchange.response);
  if (!route.operation) return std::nullopt;
  HttpInput input(exchange, input_limits(route));
  HttpReply reply(exchange.response, exchange.context, options.streams);
  auto done = route.operation->try_call(exchange.context, input, reply, route.owner_of_reply);
  if (!done || !*done) return done;
  return replied(exchange);
}

Task<> App::State::serve(const App& app, Exchange& exchange) const {
  std::optional<Result<>> done;
  if (!exchange.admitted) {
    done = co_await admit(exchange);
    if (*done) done = try_run(app, exchange);
  }
  const Route& route = *exchange.route->route;
  if (!done && route.operation) {
    HttpInput input(exchange, input_limits(route));
    HttpReply reply(exchange.response, exchange.context, options.streams);
    done = co_await route.operation->call(exchange.context, input, reply, route.owner_of_reply);
    if (*done) done = replied(exchange);
  } else if (!done) {
    done = co_await route.raw(exchange.context, exchange.request, exchange.response);
  }
  if (!*done) refuse(exchange, done->error());
}

Result<> App::State::replied(Exchange& exchange) const {
  exchange.response.headers.add(exchange.route->caching);
  if (exchange.route->route->etag != Route::Tagged::yes) return {};
  return tag_reply(exchange.request, exchange.response, compression);
}

std::optional<Result<>> App::State::try_admit(Exchange& exchange) const {
  if (exchange.route->refused_in_overload) {
    if (auto error = overload->refusal(exchange.began)) return std::unexpected(std::move(*error));
  }
  auto limited = try_limit(exchange);
  if (!limited || !*limited) return limited;
  return try_admit_caller(exchange);
}

std::optional<Result<>> App::State::try_admit_caller(Exchange& exchange) const {
  if (auto error = authorize(exchange)) return std::unexpected(std::move(*error));
  exchange.stage = LimitStage::known_who_asks;
  if (exchange.route->limited_by_who_asks) {
    auto limited = try_limit(exchange);
    if (!limited || !*limited) return limited;
  }
  if (auto error = compression.refusal(exchange.request, exchange.headers)) return std::unexpected(std::move(*error));
  return Result<>{};
}

Task<Result<>> App::State::admit(Exchange& exchange) const {
  if (exchange.stage == LimitStage::anybody) {
    if (auto limited = co_await limit(exchange); !limited) co_return limited;
    if (auto admitted = try_admit_caller(exchange)) co_return std::move(*admitted);
  }
  if (auto limited = co_await limit(exchange); !limited) co_return limited;
  if (auto error = compression.refusal(exchange.request, exchange.headers))
    co_return std::unexpected(std::move(*error));
  co_return Result<>{};
}

std::optional<Error> App::State::authorize(Exchange& exchange) const {
  Caller caller = authenticate(exchange.request, exchange.headers, tokens);
  exchange.context.set_principal(std::move(caller.principal));
  if (exchange.headers.cookies > 0)
    exchange.context.set_kept_refresh_token(find_cookie(exchange.request.headers, refresh_cookie));
  switch (auth::decide(exchange.context.principal(), *exchange.route->route->guard)) {
    case auth::Decision::allowed: {
      const bool goes_by_cookie =
          caller.carrier == Caller::Carrier::cookie || !exchange.context.kept_refresh_token().empty();
      if (!csrf.applies(exchange.route->route->csrf, exchange.request.method, goes_by_cookie)) return std::nullopt;
      return csrf.refusal(exchange.request, exchange.client.authority, exchange.cors, exchange.context);
    }
    case auth::Decision::forbidden:
      return Error(auth::errors::forbidden, "You may not do this.");
    case auth::Decision::unauthenticated:
      break;
  }
  if (caller.refusal) return std::move(caller.refusal);
  return Error(auth::errors::not_signed_in, "Sign in to do this.");
}

void App::State::fail(Exchange& exchange, const Error& error) const {
  exchange.response.reset();
  start(exchange);
  write_problem(error, {.instance = exchange.request.path, .request_id = exchange.id.view()}, exchange.response);
  if (error.kind() == ErrorKind::forbidden || error.kind() == ErrorKind::unauthenticated) {
    log_refusal(*environment.logger, logged(exchange), error, exchange.route->guard_text);
  } else if (is_fault_of_ours(error)) {
    log_failure(*environment.logger, logged(exchange), error.code().name,
                error.cause().empty() ? error.message() : error.cause());
  }
}

void App::State::refuse(Exchange& exchange, const Error& error) const {
  // A late one's error is whatever its cancellation was turned into on its way here.
  if (exchange.request.late) return fail(exchange, error_of_lateness(exchange));
  fail(exchange, error);
}

void App::State::fail_by_exception(Exchange& exchange) const { refuse(exchange, error_of_current_exception()); }

bool App::State::may_have_changed(const Exchange& exchange) const {
  return options.after_change && exchange.route != nullptr && !reads_only(exchange.request.method);
}

void App::State::finish(Exchange& exchange) const {
  // A refused request leaves nothing with the client, but what it has may still be taken away.
  if (const auto* kept = exchange.context.credentials_to_keep();
      kept != nullptr && (exchange.response.status < 400 || kept->access_token.empty())) {
    const bool secure =
        options.secure_cookies == AppOptions::SecureCookies::yes || exchange.client.scheme == http::Scheme::https;
    const CookiePolicy policy = {.secure = secure ? CookiePolicy::Secure::yes : CookiePolicy::Secure::no,
                                 .refresh_path = options.refresh_cookie_path};
    exchange.response.headers.set("Cache-Control", "no-store");  // RFC 6749 section 5.1
    set_credential_cookies(*kept, exchange.context.now(), policy, exchange.response.headers);
  } else if (exchange.route == nullptr || exchange.route->route->compressed == Route::Compressed::yes) {
    compression.apply(exchange.request, exchange.headers, exchange.response);
  }
  const auto took = elapsed(exchange);
  const std::size_t route = exchange.route == nullptr ? metrics->unmatched() : exchange.match.route;
  metrics->ended(route, exchange.response.status, took, sizes_of(exchange));
  http::BodyProducer& stream = exchange.response.stream;
  if (stream) stream = detail::counted(std::move(stream), *metrics, route);
  if (options.access_log == AppOptions::AccessLog::off) return;
  const AccessLogSampling sampling{options.access_log_one_in, options.access_log_slow};
  if (const auto share = sampling.share_of(exchange.response.status, took, *environment.random); share > 0)
    log_access(*environment.logger, logged(exchange), exchange.response, took, share);
}

App::App(AppOptions options, Context::Environment environment, const auth::Tokens* tokens, Routes routes)
    : state_(std::make_unique<State>(std::move(options), environment, tokens, std::move(routes))) {}
App::~App() = default;

Task<> App::handle(http::Request& request, http::Response& response) {
  const State& state = *state_;
  Exchange exchange(request, response, state.environment, state.proxies);
  state.metrics->began();
  state.start(exchange);
  if (state.find(exchange) == State::Found::route) {
    request.time_max = exchange.route->time_max;
    try {
      if (state.try_serve(*this, exchange) == State::Served::later) co_await state.serve(*this, exchange);
    } catch (...) {
      state.fail_by_exception(exchange);
    }
  }
  if (state.may_have_changed(exchange)) {
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
    co_await async::shielded(state.options.after_change(exchange.context));
  }
  state.finish(exchange);
}

void App::reject(int status, const Error& error, http::Response& response) {
  const RequestId id({}, *state_->environment.random);
  state_->security.add_to(response.headers, http::Scheme::http);
  if (state_->options.request_id_header == AppOptions::RequestIdHeader::on)
    response.headers.add("X-Request-Id", id.view());
  write_problem(status, error, {.instance = {}, .request_id = id.view()}, response);
  state_->metrics->began();
  state_->metrics->ended(state_->metrics->unmatched(), status, {});
  if (state_->options.access_log == AppOptions::AccessLog::on)
    state_->environment.logger->info("request rejected",
                                     {{"status", status}, {"code", error.code().name}, {"requestId", id.view()}});
}

const std::vector<std::unique_ptr<Route>>& App::routes() const { return state_->routes.all(); }

const std::string& App::openapi() const {
  std::call_once(state_->openapi_made, [this] { state_->openapi = make_openapi(state_->options, state_->prepared); });
  return state_->openapi;
}

std::string App::metrics() const {
  std::string out;
  MetricsText text(out);
  state_->metrics->append_to(text);
  state_->overload->append_to(text);
  if (state_->options.metric_sources != nullptr) state_->options.metric_sources->append_to(text);
  append_process_metrics(text);
  append_build_info(state_->options.version, text);
  return out;
}

}  // namespace ashlar::web
