// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/routes.hpp"

namespace ashlar::web {

namespace {

std::string any_of(std::string_view what, const std::vector<std::string>& names) {
  std::string out(what);
  for (std::size_t i = 0; i < names.size(); ++i) out.append(i == 0 ? " " : " or ").append(names[i]);
  return out;
}

}  // namespace

std::string Route::guard_text() const {
  if (look_up_owner || owner_of_reply) return "owner";
  if (!guard) return "none";
  switch (guard->kind) {
    case auth::Requirement::Kind::open:
      return "open";
    case auth::Requirement::Kind::signed_in:
      return "signed in";
    case auth::Requirement::Kind::role:
      return any_of("role", guard->any_of);
    case auth::Requirement::Kind::permission:
      return any_of("permission", guard->any_of);
  }
  return "none";
}

Route& Routes::emplace(http::Method method, std::string_view path, std::unique_ptr<Operation> operation) {
  auto& route = *routes_.emplace_back(std::make_unique<Route>());
  route.method = method;
  route.path = path;
  route.operation = std::move(operation);
  return route;
}

Route& Routes::raw(http::Method method, std::string_view path, RawHandler handler) {
  Route& route = emplace(method, path, nullptr);
  route.raw = std::move(handler);
  return route;
}

Route& Routes::page(std::string_view path, PageHandler make) {
  Route& route = emplace(http::Method::get, path, nullptr);
  route.page = std::move(make);
  route.set_guard({auth::Requirement::Kind::open, {}});
  return route;
}

}  // namespace ashlar::web
