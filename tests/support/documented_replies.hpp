// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"
#include "ashlar/web/app.hpp"
#include "ashlar/web/test_client.hpp"

#include <map>
#include <string>
#include <string_view>

namespace ashlar::test {

// Hands requests to an App, and holds its replies to its OpenAPI document: a status that the operation does not list,
// or a problem's code that it does not list for that status, fails the test. For one thread.
class DocumentedReplies final : public http::Handler {
 public:
  explicit DocumentedReplies(web::App& app);  // outlives it

  Task<> handle(http::Request& request, http::Response& response) override;
  void reject(int status, const Error& error, const http::Request& request, http::Response& response) override;

 private:
  void check(const web::Route& route, const http::Response& response);

  web::App& app_;
  std::map<std::string, std::string> responses_;  // that were looked up: their JSON, by operation and status
};

// The described route that a request is for; null where there is none. Of "/users/me" and "/users/{id}" the former.
[[nodiscard]] const web::Route* route_of(const web::App& app, http::Method method, std::string_view path);

// A response in the App's OpenAPI document, JSON with references resolved; empty where the operation does not list it.
[[nodiscard]] std::string documented_response(const web::App& app, const web::Route& route, int status);

// Whether that response lists the code of a problem.
[[nodiscard]] bool lists_code(const std::string& documented_response, std::string_view code);

}  // namespace ashlar::test
