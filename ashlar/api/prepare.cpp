// SPDX-License-Identifier: Apache-2.0
// Start-up of an Api: checks each endpoint's declaration and prepares what invoke() needs.
#include "ashlar/api/api.hpp"
#include "ashlar/api/memory_rate_limits.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace ashlar::api {

namespace {

// FNV-1a: a limit has the same number in every process that shares a store.
std::uint64_t number_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

bool counts_callers(const RateLimit& limit) {
  return limit.by == RateLimit::By::account || limit.by == RateLimit::By::function;
}

const schema::Member* id_member_of(const Operation& operation) {
  for (const schema::Member& member : operation.input().members) {
    if (member.name == "id" && member.type().storage == schema::Storage::uuid) return &member;
  }
  return nullptr;
}

const std::string& line_of(const Endpoint& endpoint) {
  return endpoint.declaration.empty() ? endpoint.name : endpoint.declaration;
}

std::vector<std::string> names_of(const std::vector<const Endpoint*>& endpoints) {
  std::vector<std::string> out;
  for (const Endpoint* endpoint : endpoints) out.push_back(endpoint->name);
  return out;
}

void refuse_equal_names(const std::vector<const Endpoint*>& endpoints, std::vector<std::string>& faults) {
  std::set<std::string_view> seen;
  for (const Endpoint* endpoint : endpoints) {
    if (!seen.insert(endpoint->name).second)
      faults.push_back(line_of(*endpoint) + " has the name \"" + endpoint->name + "\", which another endpoint has.");
  }
}

}  // namespace

void Api::prepare_guard(PreparedEndpoint& out, std::vector<std::string>& faults) const {
  const Endpoint& endpoint = *out.endpoint;
  if (endpoint.guards.empty()) {
    faults.push_back(line_of(endpoint) +
                     " has no guard; declare who may call it: .open(), .signed_in(), .role(...), .permission(...), "
                     ".owner(...) or .guard(...).");
    return;
  }
  out.guard = all_of(endpoint.guards);
  if (const auto wrong = out.guard->validate(); !wrong.empty())
    faults.push_back(line_of(endpoint) + " has a guard that " + wrong + '.');
  const auto is_open = [](const Guard& guard) { return guard.text() == open().text(); };
  if (endpoint.guards.size() > 1 && std::ranges::any_of(endpoint.guards, is_open))
    faults.push_back(line_of(endpoint) + " is .open() and has another guard; keep one of them.");
  if (endpoint.operation->needs_user() && !out.guard->promises_user())
    faults.push_back(line_of(endpoint) + " takes a UserCall, but its guard lets anonymous callers pass.");

  if (out.guard->promises_user()) out.caller = PreparedEndpoint::Caller::user;
  for (const std::string& name : endpoint.api_key_permissions.value_or(out.guard->description().permissions)) {
    if (auto permission = auth::Permission::parse(name)) {
      out.api_key_permissions.push_back(std::move(*permission));
    } else if (endpoint.api_key_permissions) {
      faults.push_back(line_of(endpoint) + " names the permission \"" + name +
                       "\" for API keys; a permission is verb:resource.");
    }
  }

  out.id = id_member_of(*endpoint.operation);
  out.owner_source = out.guard->owner_source();
  if (out.owner_source == nullptr) return;
  if (out.owner_source->of_reply && endpoint.effect == Endpoint::Effect::changes)
    faults.push_back(line_of(endpoint) + " makes changes before its reply's owner is known; look the owner up.");
  if (out.owner_source->look_up && out.id == nullptr)
    faults.push_back(line_of(endpoint) + " looks an owner up, for which its input needs a member `Uuid id`.");
}

void Api::prepare_limits(PreparedEndpoint& out, std::vector<std::string>& faults) const {
  const auto add = [&](const RateLimit& limit, std::uint64_t number) {
    if (const auto wrong = limit.validate()) faults.push_back(line_of(*out.endpoint) + ' ' + *wrong + '.');
    (counts_callers(limit) ? out.by_caller : out.by_client).push_back({limit, number});
  };
  if (options_.rate_limit && out.endpoint->importance != Endpoint::Importance::essential) add(*options_.rate_limit, 0);
  for (std::size_t i = 0; i < out.endpoint->limits.size(); ++i) {
    const std::string suffix = i == 0 ? std::string{} : '#' + std::to_string(i);
    add(out.endpoint->limits[i], number_of(out.endpoint->name + suffix));
  }
}

PreparedEndpoint Api::prepare(const Endpoint& endpoint, std::vector<std::string>& faults) const {
  PreparedEndpoint out;
  out.endpoint = &endpoint;
  out.time_max = endpoint.time_max.value_or(options_.request_time_max);
  if (out.time_max < std::chrono::milliseconds::zero())
    faults.push_back(line_of(endpoint) + " has a negative time_max.");
  if (endpoint.idempotency == Endpoint::Idempotency::taken && endpoint.effect == Endpoint::Effect::reads)
    faults.push_back(line_of(endpoint) + " only reads; only an operation with changes takes an idempotency key.");
  if (endpoint.heavy) out.heavy_lane = heavy_lane_.get();
  prepare_guard(out, faults);
  prepare_limits(out, faults);
  for (const auto& step : steps_.all()) {
    if (step->concerns(out)) out.steps.push_back(step.get());
  }
  return out;
}

Api::Api(ApiOptions options, Call::Environment environment, const auth::Tokens* tokens,
         std::vector<const Endpoint*> endpoints)
    : options_(std::move(options)),
      environment_(environment),
      metrics_(std::make_unique<CallMetrics>(names_of(endpoints))),
      overload_(std::make_unique<Overload>(options_.overload, *metrics_, *environment_.logger)),
      heavy_lane_(std::make_unique<HeavyLane>(options_.overload)),
      limits_(options_.rate_limit_store),
      callers_{tokens, options_.authorities, options_.api_keys, options_.token_keys},
      steps_(Steps::standard(*overload_, limits_, callers_)) {
  if (options_.add_steps) options_.add_steps(steps_);
  std::vector<std::string> faults;
  if (options_.log.one_in == 0) faults.push_back("log.one_in is 0; 1 logs every call, State::off none.");
  refuse_equal_names(endpoints, faults);
  for (const Endpoint* endpoint : endpoints) {
    endpoints_.push_back(prepare(*endpoint, faults));
    endpoints_.back().index = endpoints_.size() - 1;
  }
  if (options_.rate_limit) unmatched_limit_.limit = *options_.rate_limit;
  const auto is_limited = [](const PreparedEndpoint& endpoint) {
    return !endpoint.by_client.empty() || !endpoint.by_caller.empty();
  };
  if (limits_ == nullptr && (options_.rate_limit || std::ranges::any_of(endpoints_, is_limited))) {
    own_limits_ = std::make_unique<MemoryRateLimits>(options_.rate_limit_clients_max);
    limits_ = own_limits_.get();
  }
  if (faults.empty()) return;
  std::string what = "The API's declarations are invalid:";
  for (const auto& fault : faults) what.append("\n  ").append(fault);
  throw std::logic_error(what);
}

Api::~Api() = default;

}  // namespace ashlar::api
