// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/client.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/grpc/proto.hpp"
#include "ashlar/grpc/status.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/web/routes.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// gRPC, gRPC-Web and Connect: every operation as a method, with the guards, limits, log lines and audit entries of
// every other caller, on the port of HTTP.
//
//   grpc::Server grpc({.package = "shop.v1", .field_numbers = field_numbers});
//   grpc::mount(routes, grpc);                // after every other route
//   web::App app(..., std::move(routes));
//   grpc.serve(app.api());
//
// The path is /shop.v1.Posts/CreatePost; Content-Type selects the protocol. gRPC needs HTTP/2; gRPC-Web and Connect run
// over HTTP/1.1 as well. A caller signs in with `authorization: Bearer` and an access token or an API key. Cookies do
// not count. `idempotency-key` is the key of operations that take one; `grpc-timeout` shortens the operation's
// deadline. grpc.health.v1 and reflection (v1, v1alpha) are served, too. See docs/guide/grpc.md.
namespace ashlar::grpc {

struct ServerOptions {
  std::string package = "api.v1";
  std::string field_numbers = {};             // the text of FieldNumbers; empty: in the order of declaration
  std::size_t message_bytes_max = 4'194'304;  // of a request's message, decompressed
  std::string error_domain = "ashlar";        // of google.rpc.ErrorInfo
  enum class Reflection : std::uint8_t { off, on } reflection = Reflection::on;
  // What grpc.health.v1 answers; empty: always serving.
  std::function<Task<bool>()> is_ready = {};
  std::chrono::milliseconds watch_interval{5'000};  // Watch looks for a change this often
};

// Safe from every loop after serve().
class Server {
 public:
  explicit Server(ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Once, before the first request. The Api outlives it. Throws as Proto and FieldNumbers do.
  void serve(const api::Api& api);
  [[nodiscard]] const ServerOptions& options() const { return options_; }
  [[nodiscard]] const Proto& proto() const { return *proto_; }  // after serve()

  // Answers a request of any of the three protocols. Request and response outlive the stream of the response.
  [[nodiscard]] Task<> answer(api::Call& call, http::Request& request, http::Response& response) const;

 private:
  struct Exchange;
  struct Builtin;
  Task<> call(Exchange& exchange, const Method& method, std::string message) const;
  Task<> answer_builtin(Exchange& exchange, std::string_view service, std::string_view method,
                        std::string message) const;

  const ServerOptions options_;
  std::unique_ptr<Proto> proto_;
  std::unique_ptr<Builtin> builtin_;
  std::optional<api::Client> client_;
};

// Adds the routes of every service whose operations are in `routes`, of health and of reflection. The server outlives
// them.
void mount(web::Routes& routes, Server& server);

}  // namespace ashlar::grpc
