// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/encoding.hpp"
#include "ashlar/graphql/detail/completion.hpp"
#include "ashlar/graphql/detail/http_request.hpp"
#include "ashlar/graphql/server.hpp"
#include "ashlar/web/bearer_token.hpp"

#include <charconv>

// GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/).
namespace ashlar::graphql {

namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view graphql_type = "application/graphql-response+json";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the part before the separator off the text.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

// The media type that Accept prefers (RFC 9110 section 12.5.1); JSON where it names neither.
std::string_view negotiated(std::string_view accept) {
  std::string_view best = json_type;
  double best_quality = 0;
  while (!accept.empty()) {
    std::string_view range = take_until(accept, ',');
    const std::string type = ascii_lower(take_until(range, ';'));
    double quality = 1;
    while (!range.empty()) {
      const std::string parameter = ascii_lower(take_until(range, ';'));
      if (parameter.starts_with("q="))
        std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), quality);
    }
    const bool is_graphql = type == graphql_type;
    if (quality <= best_quality || (!is_graphql && type != json_type && type != "*/*" && type != "application/*"))
      continue;
    best = is_graphql ? graphql_type : json_type;
    best_quality = quality;
  }
  return best;
}

// application/json, in UTF-8 where a charset is named.
bool is_json(std::string_view content_type) {
  if (ascii_lower(take_until(content_type, ';')) != json_type) return false;
  while (!content_type.empty()) {
    const std::string parameter = ascii_lower(take_until(content_type, ';'));
    if (parameter.starts_with("charset=") && parameter != "charset=utf-8" && parameter != "charset=\"utf-8\"")
      return false;
  }
  return true;
}

void respond(http::Response& response, int status, std::string_view media_type, std::string body) {
  response.status = status;
  response.headers.set("Content-Type", std::string(media_type) + "; charset=utf-8");
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Vary", "Accept");
  response.body = std::move(body);
}

void refuse(http::Response& response, int status, std::string_view media_type, std::string message) {
  const RequestError error{.code = errors::malformed_request, .message = std::move(message)};
  respond(response, status, media_type, R"({"errors":[)" + detail::error_json(error) + "]}");
}

Task<Result<>> handle(api::Call& call, http::Request& request, http::Response& response, const Server& server) {
  const auto& fields = request.headers;
  const std::string_view media_type = negotiated(fields.get("Accept"));
  const bool posted = request.method == http::Method::post;
  std::expected<ServerRequest, std::string> read;
  if (posted) {
    const std::string_view body = co_await unwrap(request.body->read_all(server.options().body_bytes_max));
    if (!is_json(fields.get("Content-Type"))) {
      refuse(response, 415, media_type, "The body must be application/json.");
      co_return Result<>{};
    }
    read = detail::read_body(body);
  } else {
    read = detail::read_query(request.query);
  }
  if (!read) {
    refuse(response, 400, media_type, read.error());
    co_return Result<>{};
  }
  const std::string_view authorization = fields.get("Authorization");
  const std::string_view token =
      authorization.empty() ? fields.get("X-Access-Token") : web::bearer_token(authorization).value_or(authorization);
  const api::Caller caller{.token = token,
                           .address = call.client_address(),
                           .agent = call.client_agent(),
                           .idempotency_key = fields.get("Idempotency-Key"),
                           .request_id = call.request_id(),
                           .traceparent = fields.get("traceparent"),
                           .deadline = call.deadline()};
  Answer answer =
      co_await server.answer(std::move(*read), posted ? Server::Allowed::all : Server::Allowed::queries, caller);
  int status = 200;
  if (answer.kind == Answer::Kind::refused && media_type == graphql_type) status = 400;
  if (answer.kind == Answer::Kind::mutation_by_get) {
    status = 405;
    response.headers.set("Allow", "POST");
  }
  respond(response, status, media_type, std::move(answer.body));
  co_return Result<>{};
}

}  // namespace

void mount(web::Routes& routes, Server& server, std::string_view path) {
  for (const http::Method method : {http::Method::get, http::Method::post}) {
    web::Route& route =
        routes.raw(method, path, [&server](api::Call& call, http::Request& request, http::Response& response) {
          return handle(call, request, response, server);
        });
    route.set_guard(api::open());
    route.csrf = web::CsrfCheck::never;  // cookies do not count here
    route.compressed = web::Route::Compressed::no;
    route.endpoint.name = method == http::Method::get ? "graphqlByGet" : "graphql";
    route.endpoint.summary = method == http::Method::get ? "GraphQL: queries" : "GraphQL";
    if (method == http::Method::post) route.body_bytes_max = server.options().body_bytes_max;
  }
}

}  // namespace ashlar::graphql
