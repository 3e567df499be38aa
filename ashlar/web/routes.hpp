// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/operation.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/web/detail/path_pattern.hpp"
#include "ashlar/web/route.hpp"
#include "ashlar/web/route_builder.hpp"

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

// The route table. One line states the method, the path, the operation, its services and who may call it.
//
//   void mount(Routes& routes, Users& users) {
//     routes.post("/api/users", sign_up, users).open().limit(5, 1min).summary("Create an account");
//     routes.get("/api/users/{id}", get_user, users).permission("read:user");
//     routes.remove("/api/posts/{id}", delete_post, posts).owner(author_of, posts);
//     routes.patch("/api/posts/{id}", update_post, posts)
//         .guard(api::any_of({api::permission({"update:post"}), api::owner(author_of, posts)}));
//   }
//
// A route without a guard is refused at start. Inputs need no annotations: path parameters bind by name, every other
// member comes from the query string (GET, HEAD, DELETE) or the body (POST, PUT, PATCH): JSON, a form if the line
// allows it, and multipart/form-data if the input has an Upload (upload.hpp). A path parameter without a member of the
// input does not compile.
namespace ashlar::web {

class App;

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

  // A handler that uses HTTP directly, for what operations cannot express: pages, files. It is not in the OpenAPI, and
  // no other transport serves it. Set its guard with Route::set_guard.
  using RawHandler = std::function<Task<Result<>>(api::Call&, http::Request&, http::Response&)>;
  Route& raw(http::Method method, std::string_view path, RawHandler handler);
  // A page about the App itself, supplied by the App: its description, its metrics. Open.
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
  [[nodiscard]] bool has_other(const Route& named) const;  // another route with the same name

  std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace ashlar::web
