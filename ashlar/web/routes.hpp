// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"
#include "ashlar/web/cache_control.hpp"
#include "ashlar/web/operation.hpp"
#include "ashlar/web/path_pattern.hpp"
#include "ashlar/web/route.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

// The route table: one line says the method, the path, the operation, the services it gets and who may call it.
//
//   void mount(Routes& routes, Users& users) {
//     routes.post("/api/users", sign_up, users).open().limit(5, 1min).summary("Create an account");
//     routes.get("/api/users/{id}", get_user, users).role("admin");
//     routes.remove("/api/posts/{id}", delete_post, posts).owner(author_of, posts);
//   }
//
// A route without a guard is refused at start. Where the input comes from needs no annotations: path parameters by
// name, every other member from the query string (GET, HEAD, DELETE) or the body (POST, PUT, PATCH): JSON, a form where
// the line says so, and multipart/form-data where the input has an Upload (upload.hpp). A path
// parameter that no member of the input takes does not compile.
namespace ashlar::web {

// What one line of the table builds. Short-lived; the Route lives in the Routes.
template <class Op>
class RouteLine {
  using Traits = detail::OperationTraits<Op>;
  using Value = typename detail::ReplyTraits<typename Traits::Output>::Value;

 public:
  explicit RouteLine(Route& route) : route_(route) {}

  // Guards. One of them on each line; `owner` implies signed_in.
  RouteLine& open() { return guard({auth::Requirement::Kind::open, {}}); }
  RouteLine& signed_in() { return guard({auth::Requirement::Kind::signed_in, {}}); }
  RouteLine& role(std::string any_of_first, auto... more) {
    return guard({auth::Requirement::Kind::role, {std::move(any_of_first), more...}});
  }
  RouteLine& permission(std::string any_of_first, auto... more) {
    return guard({auth::Requirement::Kind::permission, {std::move(any_of_first), more...}});
  }
  // The owner or an admin, by a member of the reply: for reads, since the operation has run when it is compared.
  template <class T>
  RouteLine& owner(Uuid T::* member) {
    static_assert(std::same_as<T, Value>, "owner(&T::member) names a member of what the operation returns");
    route_.owner_of_reply = [member](const void* value) { return static_cast<const T*>(value)->*member; };
    return guard_owner();
  }
  // The owner or an admin, by a look-up with the path parameter {id}, before the operation runs:
  //   Task<Result<Uuid>> author_of(Context&, Uuid id, Posts&)
  template <class... Services>
  RouteLine& owner(Task<Result<Uuid>> (*look_up)(Context&, Uuid, Services&...),
                   std::type_identity_t<Services>&... services) {
    route_.look_up_owner = [look_up, &services...](Context& context, Uuid id) {
      return look_up(context, id, services...);
    };
    return guard_owner();
  }

  // At most `requests` of one client in each `window`; more get 429.
  RouteLine& limit(std::uint32_t requests, std::chrono::seconds window) {
    return limit(RateLimit{.requests = requests, .window = window});
  }
  // Another kind: .limit(RateLimit{.requests = 5, .by = RateLimit::By::account})
  RouteLine& limit(const RateLimit& limit) { return route_.limit = limit, *this; }
  // Other sites than the App's may read the answers of this line; `.cors({})`: none may.
  RouteLine& cors(CorsOptions options) { return route_.cors = std::move(options), *this; }
  // Instead of the App's, all of them; a copy of those, with one changed, keeps the others.
  RouteLine& security_headers(SecurityHeaders headers) { return route_.security_headers = std::move(headers), *this; }
  // When it is checked that the request comes from a page of ours; see csrf.hpp.
  RouteLine& csrf(CsrfCheck check) { return route_.csrf = check, *this; }
  RouteLine& body_bytes_max(std::size_t bytes) { return route_.body_bytes_max = bytes, *this; }
  // Takes forms beside JSON: application/x-www-form-urlencoded and multipart/form-data. Whoever takes them should know
  // that pages of other sites can send them; see docs/guide/csrf.md.
  RouteLine& forms() { return route_.forms = Forms::yes, *this; }
  // Takes the header Idempotency-Key, by which a client names a call that it may send again: the operation finds it in
  // its Context and sees to it that a second one does nothing. A key that is none is a fault of the input.
  RouteLine& idempotency_key() { return route_.idempotency_key = Route::IdempotencyKey::taken, *this; }
  // How long an answer may take, else it is given up: 504. 0ms: as long as it likes, for what waits for events.
  RouteLine& time_max(std::chrono::milliseconds time) { return route_.time_max = time, *this; }
  // Replies carry an ETag, and who has them already gets 304. Of GET alone.
  RouteLine& etag() { return route_.etag = Route::Tagged::yes, *this; }
  RouteLine& cache(const CacheControl& control) { return route_.cache_control = control.text(), *this; }
  // Sent as it is: where a secret stands beside what a client can choose, its size must not tell of it.
  RouteLine& uncompressed() { return route_.compressed = Route::Compressed::no, *this; }

  // Documentation.
  RouteLine& name(std::string operation) { return route_.name = std::move(operation), *this; }  // OpenAPI operationId
  RouteLine& summary(std::string sentence) { return route_.summary = std::move(sentence), *this; }
  RouteLine& tag(std::string group) { return route_.tag = std::move(group), *this; }
  RouteLine& fails_with(ErrorCode code, auto... more) {
    route_.errors.insert(route_.errors.end(), {code, more...});
    return *this;
  }

 private:
  RouteLine& guard(auth::Requirement requirement) { return route_.set_guard(std::move(requirement)), *this; }
  RouteLine& guard_owner() { return route_.set_guard({auth::Requirement::Kind::signed_in, {}}), *this; }
  Route& route_;
};

class Routes {
 public:
  // A path of the operation's input, checked while compiling.
  template <class Op>
  using Path = std::type_identity_t<PathPattern<typename detail::OperationTraits<Op>::Input>>;

  template <class Op, class... Services>
  RouteLine<Op> get(Path<Op> path, Op operation, Services&... services) {
    return add(http::Method::get, path.text, operation, services...);
  }
  template <class Op, class... Services>
  RouteLine<Op> post(Path<Op> path, Op operation, Services&... services) {
    return add(http::Method::post, path.text, operation, services...);
  }
  template <class Op, class... Services>
  RouteLine<Op> put(Path<Op> path, Op operation, Services&... services) {
    return add(http::Method::put, path.text, operation, services...);
  }
  template <class Op, class... Services>
  RouteLine<Op> patch(Path<Op> path, Op operation, Services&... services) {
    return add(http::Method::patch, path.text, operation, services...);
  }
  template <class Op, class... Services>
  RouteLine<Op> remove(Path<Op> path, Op operation, Services&... services) {  // DELETE
    return add(http::Method::remove, path.text, operation, services...);
  }

  // A handler that speaks HTTP itself, for what no operation can say: pages, streams, files. Not in the OpenAPI.
  using RawHandler = std::function<Task<Result<>>(Context&, http::Request&, http::Response&)>;
  // Its guard is set by Route::set_guard, and its path's parameters are the handler's business.
  Route& raw(http::Method method, std::string_view path, RawHandler handler);
  // A page about the app itself, which the App gives when it is asked: its description, its metrics. Open.
  using PageHandler = std::function<Result<>(const App&, const http::Request&, http::Response&)>;
  Route& page(std::string_view path, PageHandler make);

  [[nodiscard]] const std::vector<std::unique_ptr<Route>>& all() const { return routes_; }

 private:
  template <class Op, class... Services>
  RouteLine<Op> add(http::Method method, std::string_view path, Op operation, Services&... services) {
    using Expected = typename detail::OperationTraits<Op>::Services;
    static_assert(std::is_constructible_v<Expected, Services&...> && std::tuple_size_v<Expected> == sizeof...(Services),
                  "hand over, after the operation, exactly the services that it takes, in its order");
    return RouteLine<Op>(
        emplace(method, path, std::make_unique<detail::TypedOperation<Op>>(operation, Expected(services...))));
  }
  Route& emplace(http::Method method, std::string_view path, std::unique_ptr<Operation> operation);

  std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace ashlar::web
