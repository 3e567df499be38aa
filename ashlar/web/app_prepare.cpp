// SPDX-License-Identifier: Apache-2.0
// What an App does with its routes before the first request: checks each line, and prepares what the chain needs of it.
#include "ashlar/web/app_state.hpp"
#include "ashlar/web/conditional.hpp"
#include "ashlar/web/memory_rate_limits.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace ashlar::web {

namespace {

std::string line_of(const Route& route) { return std::string(http::to_string(route.method)) + ' ' + route.path; }

void check_guard(const Route& route, std::vector<std::string>& complaints) {
  if (route.guards_set == 0) {
    complaints.push_back(line_of(route) +
                         " has no guard; say who may call it: .open(), .signed_in(), .role(...), .permission(...) or "
                         ".owner(...).");
  } else if (route.guards_set > 1) {
    complaints.push_back(line_of(route) + " has more than one guard; keep one (.owner() implies .signed_in()).");
  }
}

void check_limit(const Route& route, std::vector<std::string>& complaints) {
  if (!route.limit) return;
  if (const auto wrong = route.limit->complaint()) complaints.push_back(line_of(route) + ' ' + *wrong + '.');
}

void prepare_security_headers(const Route& route, PreparedRoute& out, std::vector<std::string>& complaints) {
  if (const auto wrong = route.security_headers->complaint()) {
    complaints.push_back(line_of(route) + ": security_headers: " + *wrong);
  } else {
    out.security_headers.emplace(*route.security_headers);
  }
}

// Which of the path's parameters is {id}.
std::optional<std::size_t> find_owner_parameter(const PreparedRoute& prepared) {
  const auto members = prepared.binding->path_members();
  const auto found =
      std::ranges::find(members, std::string_view("id"), [](const auto* member) { return member->json_name; });
  if (found == members.end() || (*found)->type().format != schema::Format::uuid) return std::nullopt;
  return static_cast<std::size_t>(found - members.begin());
}

}  // namespace

void App::State::prepare(std::size_t index, std::vector<std::string>& complaints) {
  const Route& route = *routes.all()[index];
  if (auto wrong = router.add(route.method, route.path, index)) return complaints.push_back(std::move(*wrong));
  check_guard(route, complaints);
  check_limit(route, complaints);
  PreparedRoute& out = prepared[index];
  out.route = &route;
  out.guard_text = route.guard_text();
  out.refused_in_overload = !is_never_limited(route.path) && !route.page;
  out.time_max = route.time_max.value_or(options.request_time_max);
  if (out.time_max < std::chrono::milliseconds::zero())
    complaints.push_back(line_of(route) + ": time_max is negative.");
  prepare_limits(out);
  if (route.etag == Route::Tagged::yes && route.method != http::Method::get)
    complaints.push_back(line_of(route) + " is no GET; only what is read has an .etag().");
  if (route.idempotency_key == Route::IdempotencyKey::taken && route.method == http::Method::get)
    complaints.push_back(line_of(route) + " only reads; only what changes something takes an .idempotency_key().");
  if (route.operation) {
    const ReplyShape reply = route.operation->reply();
    out.streams_events = reply.kind == ReplyShape::Kind::events;
    if (reply.streams() && route.etag == Route::Tagged::yes)
      complaints.push_back(line_of(route) + " streams its reply, which can have no .etag().");
    const std::string control = cache_control_of(route);
    const http::Field field{"Cache-Control", control};
    if (!control.empty()) out.caching = http::HeaderBlock({&field, 1});
    out.binding = std::make_unique<InputBinding>(route.method, route.path, route.operation->input(), route.forms);
    if (out.binding->has_files() && !uploads) uploads = std::make_unique<detail::UploadFolder>(options.forms);
    if (const auto wrong = out.binding->complaint(); !wrong.empty())
      complaints.push_back(line_of(route) + ": " + wrong + '.');
  }
  out.cors = cors.enabled() ? &cors : nullptr;
  if (route.cors) {
    if (const auto wrong = CorsPolicy::complaint_about(*route.cors)) {
      complaints.push_back(line_of(route) + ": cors: " + *wrong);
    } else {
      out.cors_of_line = std::make_unique<CorsPolicy>(*route.cors);
      out.cors = out.cors_of_line->enabled() ? out.cors_of_line.get() : nullptr;
    }
  }
  any_cors = any_cors || out.cors != nullptr;
  if (route.security_headers) prepare_security_headers(route, out, complaints);
  if (route.look_up_owner) {
    const auto parameter = out.binding ? find_owner_parameter(out) : std::nullopt;
    if (!parameter) {
      complaints.push_back(line_of(route) +
                           " looks an owner up, for which its path needs {id} and its input a Uuid id.");
    }
    out.owner_parameter = parameter.value_or(0);
  }
}

App::State::State(AppOptions its_options, const Context::Environment& its_environment, const auth::Tokens* its_tokens,
                  Routes its_routes)
    : options(std::move(its_options)),
      environment(its_environment),
      tokens(its_tokens),
      routes(std::move(its_routes)),
      prepared(routes.all().size()),
      security(options.security_headers.complaint() ? SecurityHeaders::none() : options.security_headers),
      cors({}),
      csrf(options.csrf),
      compression(options.compression),
      server_limit(options.rate_limit) {
  std::vector<std::string> complaints;
  if (auto made = TrustedProxies::make(options.trusted_proxies)) {
    proxies = std::move(*made);
  } else {
    complaints.push_back("trusted_proxies: " + made.error().message());
  }
  if (auto wrong = CorsPolicy::complaint_about(options.cors)) {
    complaints.push_back("cors: " + *wrong);
  } else {
    cors = CorsPolicy(options.cors);
  }
  any_cors = cors.enabled();
  if (const auto wrong = csrf.complaint()) complaints.push_back("csrf: the app " + *wrong + '.');
  if (options.access_log_one_in == 0)
    complaints.push_back("access_log_one_in: 0 is no share; 1 logs each request, AccessLog::off none.");
  if (const auto wrong = options.security_headers.complaint()) complaints.push_back("security_headers: " + *wrong);
  if (!server_limit && options.rate_limit_max != 0) server_limit = RateLimit{.requests = options.rate_limit_max};
  if (server_limit) {
    if (const auto wrong = server_limit->complaint()) complaints.push_back("rate_limit: the app " + *wrong + '.');
  }
  std::vector<RequestMetrics::Label> labels;
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    const Route& route = *routes.all()[i];
    prepare(i, complaints);
    labels.push_back({route.method, route.path});
    if (!route.name.empty() && !names.insert(route.name).second)
      complaints.push_back(line_of(route) + " has the name \"" + route.name + "\", which another route has.");
  }
  counts = options.rate_limit_store;
  if (counts == nullptr && std::ranges::any_of(prepared, [](const auto& line) { return !line.limits.empty(); })) {
    own_counts = std::make_unique<MemoryRateLimits>(options.rate_limit_clients_max);
    counts = own_counts.get();
  }
  metrics = std::make_unique<RequestMetrics>(std::move(labels));
  overload = std::make_unique<Overload>(options.overload, *metrics, *environment.logger);
  if (complaints.empty()) return;
  std::string what = "The app is declared wrongly:";
  for (const auto& complaint : complaints) what.append("\n  ").append(complaint);
  throw std::logic_error(what);
}

}  // namespace ashlar::web
