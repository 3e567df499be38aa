// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/routes.hpp"

#include "ashlar/web/detail/http_operation.hpp"

#include <algorithm>

namespace ashlar::web {

namespace {

// The words of a path: /api/users/{id}/posts has api, users, id, posts.
std::vector<std::string> words_of(std::string_view path) {
  std::vector<std::string> words(1);
  for (const char c : path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// The default name of a line: getApiUsersId.
std::string default_name(http::Method method, std::string_view path) {
  std::string name;
  for (const char c : http::to_string(method)) name += static_cast<char>(c - 'A' + 'a');
  for (auto word : words_of(path)) {
    if (word.front() >= 'a' && word.front() <= 'z') word.front() = static_cast<char>(word.front() - 'a' + 'A');
    name += word;
  }
  return name;
}

std::string default_tag(std::string_view path) {
  for (const auto& word : words_of(path))
    if (word != "api") return word;
  return "api";
}

bool reads_only(http::Method method) { return method == http::Method::get || method == http::Method::head; }

}  // namespace

std::string Route::guard_text() const {
  if (endpoint.guards.empty()) return "none";
  return std::string(api::all_of(endpoint.guards).text());
}

std::string Route::limit_text() const {
  std::string out;
  for (const auto& limit : endpoint.limits) out.append(out.empty() ? "" : ", ").append(limit.text());
  return out.empty() ? "-" : out;
}

bool Route::is_open() const { return !endpoint.guards.empty() && !api::all_of(endpoint.guards).promises_user(); }

bool Routes::has_other(const Route& named) const {
  return std::ranges::any_of(routes_, [&named](const auto& route) {
    return route.get() != &named && route->endpoint.name == named.endpoint.name;
  });
}

Route& Routes::emplace(http::Method method, std::string_view path, std::unique_ptr<api::Operation> operation) {
  auto& route = *routes_.emplace_back(std::make_unique<Route>());
  route.method = method;
  route.path = path;
  const std::string name = default_name(method, path);
  route.endpoint.name = name;
  for (int more = 2; has_other(route); ++more) route.endpoint.name = name + std::to_string(more);
  route.endpoint.declaration = std::string(http::to_string(method)) + ' ' + std::string(path);
  route.endpoint.tag = default_tag(path);
  route.endpoint.effect = reads_only(method) ? api::Endpoint::Effect::reads : api::Endpoint::Effect::changes;
  route.endpoint.operation = std::move(operation);
  return route;
}

Route& Routes::raw(http::Method method, std::string_view path, RawHandler handler) {
  return emplace(method, path, std::make_unique<detail::RawOperation>(std::move(handler)));
}

Route& Routes::page(std::string_view path, PageHandler make) {
  Route& route = emplace(http::Method::get, path, std::make_unique<detail::PageOperation>(std::move(make)));
  route.endpoint.importance = api::Endpoint::Importance::diagnostic;
  return route.set_guard(api::open());
}

}  // namespace ashlar::web
