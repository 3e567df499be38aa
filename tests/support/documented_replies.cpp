// SPDX-License-Identifier: Apache-2.0
#include "tests/support/documented_replies.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ranges>
#include <vector>

namespace ashlar::test {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  for (const auto& segment : path | std::views::split('/')) out.emplace_back(segment.begin(), segment.end());
  return out;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

bool matches(const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& path) {
  return std::ranges::equal(pattern, path, [](std::string_view expected, std::string_view given) {
    return is_parameter(expected) || expected == given;
  });
}

std::string pointer_of(const web::Route& route) {
  std::string out = "/paths/";
  for (const char c : route.path) c == '/' ? out += "~1" : out += c;
  out += '/';
  for (const char c : http::to_string(route.method)) out += static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

const web::Route* route_of(const web::App& app, http::Method method, std::string_view path) {
  const http::Method of_route = method == http::Method::head ? http::Method::get : method;
  const auto given = segments_of(path);
  const web::Route* best = nullptr;
  std::ptrdiff_t parameters = 0;
  for (const auto& route : app.routes()) {
    if (route->method != of_route || !route->has_operation()) continue;
    const auto pattern = segments_of(route->path);
    if (!matches(pattern, given)) continue;
    const auto count = std::ranges::count_if(pattern, is_parameter);
    if (best != nullptr && count >= parameters) continue;
    best = route.get();
    parameters = count;
  }
  return best;
}

std::string documented_response(const web::App& app, const web::Route& route, int status) {
  const web::TestReply document{.status = 200, .headers = {}, .body = app.openapi()};
  const std::string response = pointer_of(route) + "/responses/" + std::to_string(status);
  if (!document.has(response)) return {};
  if (document.has(response + "/$ref")) return document.at(document.at(response + "/$ref").substr(1));
  return document.at(response);
}

bool lists_code(const std::string& documented_response, std::string_view code) {
  const web::TestReply response{.status = 200, .headers = {}, .body = documented_response};
  const std::string codes = "/content/application~1problem+json/schema/allOf/1/properties/code/enum";
  return response.has(codes) && response.at(codes).contains('"' + std::string(code) + '"');
}

DocumentedReplies::DocumentedReplies(web::App& app) : app_(app) {}

Task<> DocumentedReplies::handle(http::Request& request, http::Response& response) {
  const web::Route* const route = route_of(app_, request.method, request.path);
  co_await app_.handle(request, response);
  if (route != nullptr) check(*route, response);
}

void DocumentedReplies::reject(int status, const Error& error, const http::Request& request, http::Response& response) {
  app_.reject(status, error, request, response);
}

void DocumentedReplies::check(const web::Route& route, const http::Response& response) {
  constexpr int not_modified = 304;  // of any route whose responses have an ETag
  if (response.status == not_modified) return;
  const std::string name = route.endpoint.name + " " + std::to_string(response.status);
  auto found = responses_.find(name);
  if (found == responses_.end())
    found = responses_.emplace(name, documented_response(app_, route, response.status)).first;
  if (found->second.empty()) ADD_FAILURE() << "not in the OpenAPI document: " << name << " " << response.body;
  const web::TestReply reply{.status = response.status, .headers = {}, .body = std::string(response.body)};
  const bool is_problem = response.headers.find("Content-Type").value_or("").starts_with("application/problem+json") &&
                          !response.headers.find("Content-Encoding");
  if (found->second.empty() || !is_problem || lists_code(found->second, reply.at("/code"))) return;
  ADD_FAILURE() << "not in the OpenAPI document: " << name << " " << reply.at("/code");
}

}  // namespace ashlar::test
