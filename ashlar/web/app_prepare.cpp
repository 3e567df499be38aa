// SPDX-License-Identifier: Apache-2.0
// Start-up of an App: checks each route, and prepares what the chain needs.
#include "ashlar/web/detail/app_state.hpp"
#include "ashlar/web/detail/body_bound.hpp"
#include "ashlar/web/detail/conditional.hpp"

#include <algorithm>
#include <stdexcept>

namespace ashlar::web {

namespace {

std::string line_of(const Route& route) { return std::string(http::to_string(route.method)) + ' ' + route.path; }

// The App's options in the form of the Api's.
api::ApiOptions api_options_of(const AppOptions& options) {
  api::ApiOptions out{.request_time_max = options.request_time_max,
                      .rate_limit = options.rate_limit,
                      .rate_limit_store = options.rate_limit_store,
                      .rate_limit_clients_max = options.rate_limit_clients_max,
                      .overload = options.overload,
                      .authorities = options.authorities,
                      .api_keys = options.api_keys,
                      .token_keys = options.token_keys,
                      .add_steps = options.add_steps};
  if (!out.rate_limit && options.rate_limit_max != 0)
    out.rate_limit = api::RateLimit{.requests = options.rate_limit_max};
  out.log = {.state = options.access_log == AppOptions::AccessLog::on ? api::CallLogOptions::State::on
                                                                      : api::CallLogOptions::State::off,
             .one_in = options.access_log_one_in,
             .slow = options.access_log_slow};
  return out;
}

std::vector<const api::Endpoint*> endpoints_of(const Routes& routes, const AppOptions& options) {
  std::vector<const api::Endpoint*> out;
  for (const auto& route : routes.all()) out.push_back(&route->endpoint);
  out.insert(out.end(), options.more_endpoints.begin(), options.more_endpoints.end());
  return out;
}

void prepare_security_headers(const Route& route, PreparedRoute& out, std::vector<std::string>& faults) {
  if (!route.security_headers) return;
  if (const auto wrong = route.security_headers->validate()) {
    faults.push_back(line_of(route) + ": security_headers: " + *wrong);
  } else {
    out.security_headers.emplace(*route.security_headers);
  }
}

void check_bindings(const Route& route, std::vector<std::string>& faults) {
  for (const FieldBinding& binding : route.bindings) {
    if (binding.member->type().kind != schema::Kind::optional ||
        binding.member->type().element().kind == schema::Kind::object)
      faults.push_back(line_of(route) + " binds " + binding.name + " to a member that is not an optional scalar.");
  }
}

[[noreturn]] void refuse(const std::vector<std::string>& faults) {
  std::string what = "The app's declarations are invalid:";
  for (const auto& fault : faults) what.append("\n  ").append(fault);
  throw std::logic_error(what);
}

}  // namespace

void AppState::prepare_operation(PreparedRoute& out, std::vector<std::string>& faults) {
  const Route& route = *out.route;
  const api::Operation& operation = *route.endpoint.operation;
  if (operation.reply().streams() && route.etag == Route::Tagged::yes)
    faults.push_back(line_of(route) + " streams its reply, which can have no .etag().");
  const std::string control = cache_control_of(route);
  const http::Field field{"Cache-Control", control};
  if (!control.empty()) out.caching = http::HeaderBlock({&field, 1});
  out.binding = std::make_unique<InputBinding>(route.method, route.path, operation.input(), route.forms);
  if (out.binding->has_files() && !uploads) uploads = std::make_unique<detail::UploadFolder>(options.forms);
  if (const auto wrong = out.binding->validate(); !wrong.empty()) faults.push_back(line_of(route) + ": " + wrong + '.');
  check_bindings(route, faults);
  prepare_location(out);
  const std::size_t bound = detail::body_bytes_bound(out.binding->rest()).value_or(options.body_bytes_max);
  out.body_bytes_max = route.body_bytes_max.value_or(std::min(bound, options.body_bytes_max));
}

// The Location of a 201 (RFC 9110 section 15.3.2), when a GET of `{id}` below its path exists.
void AppState::prepare_location(PreparedRoute& out) const {
  const api::ReplyShape reply = out.route->endpoint.operation->reply();
  if (reply.kind != api::ReplyShape::Kind::created) return;
  const auto shows_it = [&](const auto& route) {
    return route->method == http::Method::get && route->path == out.route->path + "/{id}";
  };
  if (std::ranges::none_of(routes.all(), shows_it)) return;
  const auto id = std::ranges::find(reply.type->members, std::string_view("id"), &schema::Member::json_name);
  if (id != reply.type->members.end() && id->type().storage == schema::Storage::uuid) out.created_id = &*id;
}

void AppState::prepare_cors(PreparedRoute& out, std::vector<std::string>& faults) {
  out.cors = cors.enabled() ? &cors : nullptr;
  if (const auto& own = out.route->cors) {
    if (const auto wrong = CorsPolicy::validate(*own)) {
      faults.push_back(line_of(*out.route) + ": cors: " + *wrong);
    } else {
      out.cors_of_line = std::make_unique<CorsPolicy>(*own);
      out.cors = out.cors_of_line->enabled() ? out.cors_of_line.get() : nullptr;
    }
  }
  any_cors = any_cors || out.cors != nullptr;
}

void AppState::prepare(std::size_t index, std::vector<std::string>& faults) {
  const Route& route = *routes.all()[index];
  if (auto wrong = router.add(route.method, route.path, index)) return faults.push_back(std::move(*wrong));
  PreparedRoute& out = prepared[index];
  out.route = &route;
  out.is_open = route.is_open();
  if (route.etag == Route::Tagged::yes && route.method != http::Method::get)
    faults.push_back(line_of(route) + " is not a GET; only reads have an .etag().");
  if (route.has_operation()) prepare_operation(out, faults);
  if (route.body_read == Route::BodyRead::as_it_arrives) any_body_as_it_arrives = true;
  prepare_cors(out, faults);
  prepare_security_headers(route, out, faults);
}

AppState::AppState(const App& its_app, AppOptions its_options, const api::Call::Environment& its_environment,
                   const auth::Tokens* tokens, Routes its_routes)
    : app(&its_app),
      options(std::move(its_options)),
      environment(its_environment),
      routes(std::move(its_routes)),
      prepared(routes.all().size()),
      security(options.security_headers.validate() ? SecurityHeaders::none() : options.security_headers),
      cors({}),
      csrf(options.csrf),
      compression(options.compression) {
  std::vector<std::string> faults;
  if (auto made = TrustedProxies::make(options.trusted_proxies)) {
    proxies = std::move(*made);
  } else {
    faults.push_back("trusted_proxies: " + made.error().message());
  }
  if (auto wrong = CorsPolicy::validate(options.cors)) {
    faults.push_back("cors: " + *wrong);
  } else {
    cors = CorsPolicy(options.cors);
  }
  any_cors = cors.enabled();
  if (const auto wrong = csrf.validate()) faults.push_back("csrf: the app " + *wrong + '.');
  if (const auto wrong = options.security_headers.validate()) faults.push_back("security_headers: " + *wrong);
  std::vector<RequestMetrics::Label> labels;
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    prepare(i, faults);
    labels.push_back({routes.all()[i]->method, routes.all()[i]->path});
  }
  metrics = std::make_unique<RequestMetrics>(std::move(labels));
  try {
    api = std::make_unique<api::Api>(api_options_of(options), environment, tokens, endpoints_of(routes, options));
    for (std::size_t i = 0; i < prepared.size(); ++i) prepared[i].endpoint = &api->endpoints()[i];
  } catch (const std::logic_error& error) {
    faults.emplace_back(error.what());
  }
  if (!faults.empty()) refuse(faults);
}

}  // namespace ashlar::web
