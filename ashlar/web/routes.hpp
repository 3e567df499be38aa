// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/operation.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/web/cache_control.hpp"
#include "ashlar/web/detail/path_pattern.hpp"
#include "ashlar/web/route.hpp"

#include <algorithm>
#include <chrono>
#include <concepts>
#include <memory>
#include <string>
#include <vector>

// The route table. One line states the method, the path, the operation, its services and who may call it.
//
//   void mount(Routes& routes, Users& users) {
//     routes.post("/api/users", sign_up, users).open().limit(5, 1min).summary("Create an account");
//     routes.get("/api/users/{id}", get_user, users).role("admin");
//     routes.remove("/api/posts/{id}", delete_post, posts).owner(author_of, posts);
//     routes.patch("/api/posts/{id}", update_post, posts)
//         .guard(api::any_of({api::permission({"update:post"}), api::owner(author_of, posts)}));
//   }
//
// A route without a guard is refused at start. Inputs need no annotations: path parameters bind by name, every other
// member from the query string (GET, HEAD, DELETE) or the body (POST, PUT, PATCH): JSON, a form where the line says so,
// and multipart/form-data where the input has an Upload (upload.hpp). A path parameter that no member of the input
// takes does not compile.
namespace ashlar::web {

class App;

enum class Access : std::uint8_t { reads, changes };

// Builds one line of the table. Short-lived; the Route lives in the Routes.
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
  RouteBuilder& permission(std::string any_of_first, auto... more) {
    return guard(api::permission({std::move(any_of_first), std::string(std::move(more))...}));
  }
  // The owner or an admin, by a member of the reply, which is known once the operation has run. For reads.
  template <class T>
  RouteBuilder& owner(Uuid T::* member) {
    static_assert(access == Access::reads,
                  "owner(&T::member) is checked after the operation ran: for what changes something, give a look-up");
    static_assert(std::same_as<T, Value>, "owner(&T::member) names a member of what the operation returns");
    return guard(api::owner(member));
  }
  // The owner or an admin, looked up by the input's member `id` before the operation runs:
  //   Task<Result<Uuid>> author_of(Call&, Uuid id, Posts&)
  template <class... Services>
  RouteBuilder& owner(Task<Result<Uuid>> (*look_up)(api::Call&, Uuid, Services&...),
                      std::type_identity_t<Services>&... services) {
    return guard(api::owner(look_up, services...));
  }
  RouteBuilder& guard(api::Guard guard) { return route_.set_guard(std::move(guard)), *this; }

  // At most `requests` of one client in each `window`; further ones get 429.
  RouteBuilder& limit(std::uint32_t requests, std::chrono::seconds window) {
    return limit(api::RateLimit{.requests = requests, .window = window});
  }
  // Another kind: .limit(RateLimit{.requests = 5, .by = RateLimit::By::account}). A line can have several.
  RouteBuilder& limit(const api::RateLimit& limit) { return route_.endpoint.limits.push_back(limit), *this; }
  // The endpoint's deadline instead of the App's. 0ms: none, for an operation that waits for events.
  RouteBuilder& time_max(std::chrono::milliseconds time) { return route_.endpoint.time_max = time, *this; }
  // A health check: never refused for overload, outside the App's own rate limit.
  RouteBuilder& essential() { return route_.endpoint.importance = api::Endpoint::Importance::essential, *this; }
  // Which inputs cost far more than others (a search, a deep page): see OverloadOptions::heavy_in_flight_max.
  RouteBuilder& heavy(bool (*is_heavy)(const Input&)) {
    return route_.endpoint.heavy = api::heavy_when<Input>(is_heavy), *this;
  }
  // Takes the header Idempotency-Key: Units::run() makes a call that is sent again under its key happen once.
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

  // Other sites that may read the answers, instead of the App's; `.cors({})`: none.
  RouteBuilder& cors(CorsOptions options) { return route_.cors = std::move(options), *this; }
  // All of them instead of the App's; a copy of the App's with one changed keeps the others.
  RouteBuilder& security_headers(SecurityHeaders headers) {
    return route_.security_headers = std::move(headers), *this;
  }
  RouteBuilder& csrf(CsrfCheck check) { return route_.csrf = check, *this; }  // see csrf.hpp
  RouteBuilder& body_bytes_max(std::size_t bytes) { return route_.body_bytes_max = bytes, *this; }
  // Takes urlencoded and multipart forms besides JSON. Pages of other sites can send forms: see docs/guide/csrf.md.
  RouteBuilder& forms() { return route_.forms = Forms::yes, *this; }
  // Replies carry an ETag, and a client that has the current one gets 304. GET only.
  RouteBuilder& etag() { return route_.etag = Route::Tagged::yes, *this; }
  RouteBuilder& cache(const CacheControl& control) { return route_.cache_control = control.text(), *this; }
  // Never compressed: the size of a reply that holds a secret next to text of the client's leaks the secret (BREACH).
  RouteBuilder& uncompressed() { return route_.compressed = Route::Compressed::no, *this; }

  RouteBuilder& name(std::string operation) { return route_.endpoint.name = std::move(operation), *this; }
  RouteBuilder& summary(std::string sentence) { return route_.endpoint.summary = std::move(sentence), *this; }
  RouteBuilder& tag(std::string group) { return route_.endpoint.tag = std::move(group), *this; }
  // The reply can be an api::Bare whose service is unavailable.
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

class Routes {
 public:
  // A path of the operation's input, checked at compile time.
  template <class Op>
  using Path = std::type_identity_t<PathPattern<typename api::detail::OperationTraits<Op>::Input>>;

  template <class Op, class... Services>
  RouteBuilder<Op, Access::reads> get(Path<Op> path, Op operation, Services&... services) {
    return add<Access::reads>(http::Method::get, path.text, operation, services...);
  }
  template <class Op, class... Services>
  RouteBuilder<Op, Access::changes> post(Path<Op> path, Op operation, Services&... services) {
    return add<Access::changes>(http::Method::post, path.text, operation, services...);
  }
  template <class Op, class... Services>
  RouteBuilder<Op, Access::changes> put(Path<Op> path, Op operation, Services&... services) {
    return add<Access::changes>(http::Method::put, path.text, operation, services...);
  }
  template <class Op, class... Services>
  RouteBuilder<Op, Access::changes> patch(Path<Op> path, Op operation, Services&... services) {
    return add<Access::changes>(http::Method::patch, path.text, operation, services...);
  }
  template <class Op, class... Services>
  RouteBuilder<Op, Access::changes> remove(Path<Op> path, Op operation, Services&... services) {  // DELETE
    return add<Access::changes>(http::Method::remove, path.text, operation, services...);
  }

  // A handler that speaks HTTP itself, for what no operation can express: pages, files. It is not in the OpenAPI, and
  // no other transport serves it. Its guard is set by Route::set_guard.
  using RawHandler = std::function<Task<Result<>>(api::Call&, http::Request&, http::Response&)>;
  Route& raw(http::Method method, std::string_view path, RawHandler handler);
  // A page about the App itself, which the App supplies: its description, its metrics. Open.
  using PageHandler = std::function<Result<>(const App&, const http::Request&, http::Response&)>;
  Route& page(std::string_view path, PageHandler make);

  [[nodiscard]] const std::vector<std::unique_ptr<Route>>& all() const { return routes_; }

 private:
  template <Access access, class Op, class... Services>
  RouteBuilder<Op, access> add(http::Method method, std::string_view path, Op operation, Services&... services) {
    using Expected = typename api::detail::OperationTraits<Op>::Services;
    static_assert(std::is_constructible_v<Expected, Services&...> && std::tuple_size_v<Expected> == sizeof...(Services),
                  "after the operation, pass exactly the services that it takes, in its order");
    return RouteBuilder<Op, access>(
        emplace(method, path, std::make_unique<api::detail::TypedOperation<Op>>(operation, Expected(services...))));
  }
  Route& emplace(http::Method method, std::string_view path, std::unique_ptr<api::Operation> operation);
  [[nodiscard]] bool has_other(const Route& named) const;  // one of the same name

  std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace ashlar::web
