// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/guard.hpp"
#include "ashlar/api/operation.hpp"
#include "ashlar/web/cache_control.hpp"
#include "ashlar/web/route.hpp"

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <utility>

// The declarations that can follow an operation on a line of the route table (routes.hpp): who may call it, how often,
// how it is documented.
namespace ashlar::web {

enum class Access : std::uint8_t { reads, changes };

// Builds one line of the table. Short-lived; the Route itself belongs to the Routes.
template <class Op, Access access>
class RouteBuilder {
  using Traits = api::detail::OperationTraits<Op>;
  using Input = typename Traits::Input;
  using Value = typename api::detail::ReplyTraits<typename Traits::Output>::Value;

 public:
  explicit RouteBuilder(Route& route) : route_(route) {}

  // Guards. A caller must pass every guard of the line.
  RouteBuilder& open() {
    static_assert(!Traits::needs_user,
                  "an operation of an .open() route takes a Call&: an anonymous caller has no user()");
    return guard(api::open());
  }
  RouteBuilder& signed_in() { return guard(api::signed_in()); }
  RouteBuilder& role(std::string any_of_first, auto... more) {
    return guard(api::role({std::move(any_of_first), std::string(std::move(more))...}));
  }
  // A caller who signed in, or stepped up, at most that long ago: .role("admin").fresh(5min). See api::fresh().
  RouteBuilder& fresh(std::chrono::seconds sign_in_age_max) { return guard(api::fresh(sign_in_age_max)); }
  RouteBuilder& permission(std::string any_of_first, auto... more) {
    return guard(api::permission({std::move(any_of_first), std::string(std::move(more))...}));
  }
  // The owner, or a caller with "*". The owner is a member of the reply, known after the operation has run. For reads.
  template <class T>
  RouteBuilder& owner(Uuid T::* member) {
    static_assert(
        access == Access::reads,
        "owner(&T::member) is checked after the operation ran: for an operation with changes, pass a look-up");
    static_assert(std::same_as<T, Value>, "owner(&T::member) names a member of what the operation returns");
    return guard(api::owner(member));
  }
  // The owner, or a caller with "*". The owner is looked up by the input's member `id` before the operation runs:
  //   Task<Result<Uuid>> author_of(Call&, Uuid id, Posts&)
  template <class... Services>
  RouteBuilder& owner(Task<Result<Uuid>> (*look_up)(api::Call&, Uuid, Services&...),
                      std::type_identity_t<Services>&... services) {
    return guard(api::owner(look_up, services...));
  }
  // The same, or a caller with the permission, for all objects or for the one that the input's member `id` names.
  template <class... Services>
  RouteBuilder& owner_or(std::string permission, Task<Result<Uuid>> (*look_up)(api::Call&, Uuid, Services&...),
                         std::type_identity_t<Services>&... services) {
    return guard(api::any_of({api::permission({std::move(permission)}), api::owner(look_up, services...)}));
  }
  RouteBuilder& guard(api::Guard guard) { return route_.set_guard(std::move(guard)), *this; }

  // The permissions that an API key needs here, in addition to those of its account. Default: those that the guards
  // name; a line that names none accepts no key.
  RouteBuilder& api_key(std::string any_of_first, auto... more) {
    return route_.endpoint.api_key_permissions = {{std::move(any_of_first), std::string(std::move(more))...}}, *this;
  }
  RouteBuilder& no_api_key() { return route_.endpoint.api_key_permissions.emplace(), *this; }

  // At most `requests` of one client in each `window`; further ones get 429.
  RouteBuilder& limit(std::uint32_t requests, std::chrono::seconds window) {
    return limit(api::RateLimit{.requests = requests, .window = window});
  }
  // Another kind of limit: .limit(RateLimit{.requests = 5, .by = RateLimit::By::account}). A line can have several.
  RouteBuilder& limit(const api::RateLimit& limit) { return route_.endpoint.limits.push_back(limit), *this; }
  // The endpoint's deadline, instead of the App's. 0ms: none, for an operation that waits for events.
  RouteBuilder& time_max(std::chrono::milliseconds time) { return route_.endpoint.time_max = time, *this; }
  // A health check: never refused for overload, and exempt from the App's own rate limit.
  RouteBuilder& essential() { return route_.endpoint.importance = api::Endpoint::Importance::essential, *this; }
  // Which inputs are far more expensive than others (a search, a deep page): see OverloadOptions::heavy_in_flight_max.
  RouteBuilder& heavy(bool (*is_heavy)(const Input&)) {
    return route_.endpoint.heavy = api::heavy_when<Input>(is_heavy), *this;
  }
  // Accepts the header Idempotency-Key: Units::run() executes a call that is retried with its key only once.
  RouteBuilder& idempotency_key() {
    static_assert(access == Access::changes, "a read can be repeated anyway: it takes no .idempotency_key()");
    return route_.endpoint.idempotency = api::Endpoint::Idempotency::taken, *this;
  }

  // A member of the input that the client sends as a cookie or a header field, unless the body or the query has it:
  //   .from_cookie("refreshToken", &Refresh::refresh_token)
  template <class T>
  RouteBuilder& from_cookie(std::string name, std::optional<T> Input::* member) {
    return bind(FieldBinding::Place::cookie, std::move(name), member);
  }
  template <class T>
  RouteBuilder& from_header(std::string name, std::optional<T> Input::* member) {
    return bind(FieldBinding::Place::header, std::move(name), member);
  }

  // Other sites that may read the responses, instead of the App's; `.cors({})`: none.
  RouteBuilder& cors(CorsOptions options) { return route_.cors = std::move(options), *this; }
  // All of them instead of the App's; modify a copy of the App's to change a single one.
  RouteBuilder& security_headers(SecurityHeaders headers) {
    return route_.security_headers = std::move(headers), *this;
  }
  RouteBuilder& csrf(CsrfCheck check) { return route_.csrf = check, *this; }  // see csrf.hpp
  RouteBuilder& body_bytes_max(std::size_t bytes) { return route_.body_bytes_max = bytes, *this; }
  // Accepts urlencoded and multipart forms in addition to JSON. Pages of other sites can send forms: see
  // docs/guide/csrf.md.
  RouteBuilder& forms() { return route_.forms = Forms::yes, *this; }
  // Replies carry an ETag, and a client that has the current one gets 304. GET only.
  RouteBuilder& etag() { return route_.etag = Route::Tagged::yes, *this; }
  RouteBuilder& cache(const CacheControl& control) { return route_.cache_control = control.text(), *this; }
  // Never compressed: the compressed size of a reply with a secret next to client-controlled text leaks the secret
  // (BREACH).
  RouteBuilder& uncompressed() { return route_.compressed = Route::Compressed::no, *this; }

  // A tool of the Model Context Protocol (ashlar/mcp): agents find it by its summary and call it with the same guards.
  RouteBuilder& tool() { return route_.endpoint.tool = api::Endpoint::Tool::yes, *this; }

  RouteBuilder& name(std::string operation) { return route_.endpoint.name = std::move(operation), *this; }
  RouteBuilder& summary(std::string sentence) { return route_.endpoint.summary = std::move(sentence), *this; }
  RouteBuilder& tag(std::string group) { return route_.endpoint.tag = std::move(group), *this; }
  // The reply can be an api::Bare with an unavailable service.
  RouteBuilder& may_be_unavailable() { return route_.unavailable = Route::Unavailable::possible, *this; }
  RouteBuilder& fails_with(ErrorCode code, auto... more) {
    route_.endpoint.errors.insert(route_.endpoint.errors.end(), {code, more...});
    return *this;
  }

 private:
  template <class T>
  RouteBuilder& bind(FieldBinding::Place place, std::string name, std::optional<T> Input::* member) {
    Input probe{};
    const auto members = schema::type_of<Input>().members;
    const auto described = std::ranges::find_if(
        members, [&](const schema::Member& each) { return each.locate(&probe) == &(probe.*member); });
    if (described != members.end()) route_.bindings.push_back({place, std::move(name), &*described});
    return *this;
  }

  Route& route_;
};

}  // namespace ashlar::web
