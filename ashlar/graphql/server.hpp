// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/client.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/graphql/execution.hpp"
#include "ashlar/graphql/type_system.hpp"
#include "ashlar/graphql/validation.hpp"
#include "ashlar/web/routes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// GraphQL (specification of September 2025) over HTTP, for every operation of an Api: the guards, limits, log lines and
// audit entries of every other caller.
//
//   graphql::Server graphql({});
//   graphql::mount(routes, graphql, "/graphql");
//   web::App app(..., std::move(routes));
//   graphql.serve(app.api());
//
// POST takes application/json, GET only queries (405 otherwise). The response is application/graphql-response+json or
// application/json, as Accept says: a request that is not executed is 400, with application/json 200; an executed one
// is 200, whatever its fields' errors. Not served: operations that stream, that read files, and subscriptions.
//
// A caller signs in with `Authorization: Bearer` or X-Access-Token. Cookies do not count, and a POST has to be JSON, so
// a page of another site cannot act for its visitor.
namespace ashlar::graphql {

struct ServerOptions {
  DocumentLimits document = {};
  ComplexityLimits complexity = {};
  enum class Introspection : std::uint8_t { off, on } introspection = Introspection::off;  // __schema and __type
  std::size_t body_bytes_max = 1'048'576;
};

// What a client sends. `variables` is the JSON of an object; empty: none.
struct ServerRequest {
  std::string query;
  std::string operation_name = {};
  std::string variables = {};
};

struct Answer {
  enum class Kind : std::uint8_t { executed, refused, mutation_by_get } kind = Kind::executed;
  std::string body;  // JSON
};

// Safe from every loop after serve().
class Server {
 public:
  explicit Server(ServerOptions options) : options_(options) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Once, before the first request. The Api outlives it. Throws as TypeSystem does.
  void serve(const api::Api& api);
  [[nodiscard]] const ServerOptions& options() const { return options_; }
  [[nodiscard]] const TypeSystem& types() const { return *types_; }  // after serve()

  // Answers one request. `caller` says who calls, from where and until when.
  enum class Allowed : std::uint8_t { queries, all };
  [[nodiscard]] Task<Answer> answer(ServerRequest request, Allowed allowed, api::Caller caller) const;

 private:
  const ServerOptions options_;
  std::optional<TypeSystem> types_;
  std::optional<api::Client> client_;
};

// Adds GET and POST to the path. The server outlives the routes.
void mount(web::Routes& routes, Server& server, std::string_view path);

}  // namespace ashlar::graphql
