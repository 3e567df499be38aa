// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mcp/server.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/web/bearer_token.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace ashlar::mcp {

namespace {

constexpr std::string_view modern_version = "2026-07-28";
constexpr std::array<std::string_view, 3> handshake_versions{"2025-11-25", "2025-06-18", "2025-03-26"};
constexpr std::string_view version_key = "io.modelcontextprotocol/protocolVersion";
constexpr std::string_view capabilities_key = "io.modelcontextprotocol/clientCapabilities";
constexpr std::string_view cacheable = R"("ttlMs":300000,"cacheScope":"public")";  // until the next deployment at worst

RpcError error_of(int code, std::string message) { return {.code = code, .message = std::move(message)}; }

RpcError unsupported_version(std::string_view requested) {
  std::string data = R"({"supported":[")" + std::string(modern_version) + '"';
  for (const std::string_view version : handshake_versions) data += ",\"" + std::string(version) + '"';
  data += R"(],"requested":)";
  schema::write_json_string(requested.substr(0, 64), data);
  return {.code = codes::unsupported_version, .message = "Unsupported protocol version", .data = data + "}"};
}

bool is_handshake_version(std::string_view version) {
  return std::ranges::find(handshake_versions, version) != handshake_versions.end();
}

// A value that is no plain ASCII is sent as =?base64?...?=.
std::optional<std::string> decoded(std::string_view field) {
  constexpr std::string_view before = "=?base64?";
  constexpr std::string_view after = "?=";
  if (!field.starts_with(before) || !field.ends_with(after) || field.size() < before.size() + after.size())
    return std::string(field);
  std::string text(field.substr(before.size(), field.size() - before.size() - after.size()));
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return from_base64url(text);
}

int http_status(const RpcError& error) {
  if (error.code == codes::invalid_params) return 200;
  return error.code == codes::method_not_found ? 404 : 400;
}

// The problem as HTTP says it, without what belongs to HTTP.
std::string problem(const Error& error) {
  std::string out = R"({"code":)";
  schema::write_json_string(error.code().name, out);
  out += R"(,"message":)";
  schema::write_json_string(error.message(), out);
  if (error.retry_after().count() > 0) out += R"(,"retryAfterSeconds":)" + std::to_string(error.retry_after().count());
  if (!error.faults().empty()) {
    out += R"(,"errors":[)";
    for (const Fault& fault : error.faults()) {
      out += out.ends_with('[') ? R"({"path":)" : R"(,{"path":)";
      schema::write_json_string(fault.path, out);
      out += R"(,"code":)";
      schema::write_json_string(fault.code, out);
      out += R"(,"message":)";
      schema::write_json_string(fault.message, out);
      out += '}';
    }
    out += ']';
  }
  return out + "}";
}

enum class Ended : bool { well, in_error };

// The same JSON as text, for models, and as structured content, for programs.
std::string tool_result(std::string_view json, Ended ended) {
  std::string out = R"({"resultType":"complete","content":[{"type":"text","text":)";
  schema::write_json_string(json, out);
  out += R"(}],"structuredContent":)" + std::string(json);
  return out + R"(,"isError":)" + (ended == Ended::in_error ? "true}" : "false}");
}

}  // namespace

struct Server::Exchange {
  Message message;
  Era era = Era::modern;
  api::Caller caller;

  [[nodiscard]] Answer result(std::string_view json) const { return {.body = write_result(message.id, json)}; }
  [[nodiscard]] Answer refuse(const RpcError& error) const {
    const int status = era == Era::modern ? http_status(error) : 200;
    return {.status = status, .body = write_error(message.id, error)};
  }
};

void Server::serve(const api::Api& api) {
  tools_.emplace(api);
  client_.emplace(api);
}

// Of a request with the fields of the present revision, those have to agree with the body: what stands between client
// and server decides by the fields, and the server by the body.
std::expected<Server::Era, RpcError> Server::era_of(const Message& message, const RequestFields& fields) const {
  const JsonObject meta = message.meta();
  const auto version = text_member(meta, version_key);
  if (!version) {
    if (fields.protocol_version == modern_version)
      return std::unexpected(error_of(codes::header_mismatch, "params._meta has no protocol version."));
    if (fields.protocol_version.empty() || is_handshake_version(fields.protocol_version)) return Era::handshake;
    return std::unexpected(unsupported_version(fields.protocol_version));
  }
  if (fields.protocol_version != *version)
    return std::unexpected(
        error_of(codes::header_mismatch, "MCP-Protocol-Version differs from the version in params._meta."));
  if (*version != modern_version) return std::unexpected(unsupported_version(*version));
  if (!object_member(meta, capabilities_key))
    return std::unexpected(error_of(codes::invalid_params, "params._meta has no client capabilities."));
  if (fields.method != message.method)
    return std::unexpected(error_of(codes::header_mismatch, "Mcp-Method differs from the method in the body."));
  if (message.method == "tools/call" &&
      (fields.name.empty() || decoded(fields.name) != text_member(message.params, "name")))
    return std::unexpected(error_of(codes::header_mismatch, "Mcp-Name differs from the name in the body."));
  return Era::modern;
}

Task<Answer> Server::answer(std::string body, RequestFields fields, api::Caller caller) const {
  if (!client_) throw std::logic_error("mcp::Server answers after serve()");
  if (!fields.origin.empty() &&
      std::ranges::find(options_.allowed_origins, fields.origin) == options_.allowed_origins.end())
    co_return Answer{.status = 403,
                     .body = write_error({}, error_of(codes::invalid_request, "This Origin is not allowed."))};
  auto message = read_message(body);
  if (!message) co_return Answer{.status = 400, .body = write_error({}, message.error())};
  const auto era = era_of(*message, fields);
  if (!era)
    co_return Answer{.status = era.error().code == codes::invalid_params ? 400 : http_status(era.error()),
                     .body = write_error(message->id, era.error())};
  if (message->id.empty()) co_return Answer{.status = 202};
  caller.token = web::bearer_token(fields.authorization).value_or("");
  caller.transport = "mcp";
  co_return co_await dispatch({.message = std::move(*message), .era = *era, .caller = std::move(caller)});
}

Task<Answer> Server::dispatch(Exchange exchange) const {
  const std::string& method = exchange.message.method;
  if (method == "tools/call") co_return co_await call_tool(std::move(exchange));
  if (method == "tools/list") co_return exchange.result(tool_list());
  if (method == "ping" && exchange.era == Era::handshake) co_return exchange.result("{}");
  if (method == "initialize" && exchange.era == Era::handshake) co_return exchange.result(handshake(exchange.message));
  if (method == "server/discover" && exchange.era == Era::modern) co_return exchange.result(discovery());
  co_return exchange.refuse(error_of(codes::method_not_found, "There is no such method."));
}

std::string Server::server_info() const {
  std::string out = R"({"name":)";
  schema::write_json_string(options_.name, out);
  out += R"(,"version":)";
  schema::write_json_string(options_.version, out);
  return out + "}";
}

std::string Server::discovery() const {
  std::string out = R"({"resultType":"complete","supportedVersions":[")" + std::string(modern_version) + '"';
  for (const std::string_view version : handshake_versions) out += ",\"" + std::string(version) + '"';
  out += R"(],"capabilities":{"tools":{}},"_meta":{"io.modelcontextprotocol/serverInfo":)" + server_info() + "}";
  if (!options_.instructions.empty()) {
    out += R"(,"instructions":)";
    schema::write_json_string(options_.instructions, out);
  }
  return out + "," + std::string(cacheable) + "}";
}

// The client's version if we speak it, else the latest of its kind, which the client accepts or leaves.
std::string Server::handshake(const Message& message) const {
  const std::string requested = text_member(message.params, "protocolVersion").value_or("");
  const std::string_view version = is_handshake_version(requested) ? requested : handshake_versions.front();
  std::string out = R"({"protocolVersion":")" + std::string(version) +
                    R"(","capabilities":{"tools":{}},"serverInfo":)" + server_info();
  if (!options_.instructions.empty()) {
    out += R"(,"instructions":)";
    schema::write_json_string(options_.instructions, out);
  }
  return out + "}";
}

std::string Server::tool_list() const {
  std::string out = R"({"resultType":"complete","tools":[)";
  for (const Tool& tool : is_listed() ? tools_->all() : catalogue_tools())
    out += (out.ends_with('[') ? "" : ",") + tool.json;
  return out + "]," + std::string(cacheable) + "}";
}

Task<Answer> Server::call_tool(Exchange exchange) const {
  const JsonObject params = exchange.message.params;
  auto name = text_member(params, "name");
  auto arguments = object_member(params, "arguments");
  if (!name || (!arguments && params.member("arguments")))
    co_return exchange.refuse(
        error_of(codes::invalid_params, "A call has a name, and as arguments an object or nothing."));
  const JsonObject given = arguments.value_or(JsonObject{});
  if (!is_listed() && *name == search_operations) {
    std::string json = R"({"operations":[)";
    for (const Tool* tool : tools_->search(text_member(given, "query").value_or(""), options_.found_tools_max)) {
      json += json.ends_with('[') ? R"({"name":)" : R"(,{"name":)";
      schema::write_json_string(tool->name, json);
      json += R"(,"summary":)";
      schema::write_json_string(tool->summary, json);
      json += '}';
    }
    co_return exchange.result(tool_result(json + "]}", Ended::well));
  }
  const bool describes = !is_listed() && *name == describe_operation;
  if (describes || (!is_listed() && *name == call_operation)) {
    auto inner = object_member(given, "arguments");
    name = text_member(given, "name");
    const Tool* const tool = name ? tools_->find(*name) : nullptr;
    if (describes && tool != nullptr) co_return exchange.result(tool_result(tool->json, Ended::well));
    arguments = std::move(inner);
  }
  if (!name || tools_->find(*name) == nullptr)
    co_return exchange.refuse(error_of(codes::invalid_params, "There is no such tool."));
  co_return co_await call(std::move(exchange), std::move(*name), arguments.value_or(JsonObject{}));
}

Task<Answer> Server::call(Exchange exchange, std::string name, JsonObject arguments) const {
  const auto reply = co_await client_->call(std::move(name), arguments.text(), exchange.caller);
  if (reply)
    co_return exchange.result(tool_result(
        reply->kind == api::ReplyShape::Kind::none ? R"({"done":true})" : api::body_of(*reply), Ended::well));
  Answer out = exchange.result(tool_result(problem(reply.error()), Ended::in_error));
  // Clients sign in again when the status says so; a model could not.
  if (reply.error().kind() == ErrorKind::unauthenticated) out.status = 401;
  co_return out;
}

namespace {

Task<Result<>> handle(api::Call& call, http::Request& request, http::Response& response, const Server& server) {
  const auto& fields = request.headers;
  const std::string_view body = co_await unwrap(request.body->read_all(server.options().body_bytes_max));
  const api::Caller caller{.address = call.client_address(),
                           .agent = call.client_agent(),
                           .idempotency_key = fields.get("Idempotency-Key"),
                           .request_id = call.request_id(),
                           .traceparent = fields.get("traceparent"),
                           .deadline = call.deadline()};
  Answer answer = co_await server.answer(std::string(body),
                                         {.origin = fields.get("Origin"),
                                          .protocol_version = fields.get("MCP-Protocol-Version"),
                                          .method = fields.get("Mcp-Method"),
                                          .name = fields.get("Mcp-Name"),
                                          .authorization = fields.get("Authorization")},
                                         caller);
  response.status = answer.status;
  response.headers.set("Cache-Control", "no-store");
  if (answer.status == 401) response.headers.set("WWW-Authenticate", "Bearer");
  if (!answer.body.empty()) response.headers.set("Content-Type", "application/json");
  response.body = std::move(answer.body);
  co_return Result<>{};
}

}  // namespace

void mount(web::Routes& routes, Server& server, std::string_view path) {
  web::Route& route = routes.raw(http::Method::post, path,
                                 [&server](api::Call& call, http::Request& request, http::Response& response) {
                                   return handle(call, request, response, server);
                                 });
  route.set_guard(api::open());
  route.csrf = web::CsrfCheck::never;  // cookies do not count here
  route.body_bytes_max = server.options().body_bytes_max;
  route.compressed = web::Route::Compressed::no;
  route.endpoint.name = "mcp";
  route.endpoint.summary = "Model Context Protocol";
}

}  // namespace ashlar::mcp
