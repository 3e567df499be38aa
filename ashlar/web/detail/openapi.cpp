// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/openapi.hpp"

#include "ashlar/schema/json_schema.hpp"
#include "ashlar/web/detail/documented_problems.hpp"
#include "ashlar/web/detail/field_binder.hpp"
#include "ashlar/web/detail/http_reply.hpp"
#include "ashlar/web/detail/json_text.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace ashlar::web {

namespace {

using schema::JsonSchemas;

// Their names contain a dot, so that no struct can have them.
constexpr std::string_view problem_schema =
    R"({"type":"object","description":"What went wrong (RFC 9457).",)"
    R"("required":["type","title","status","detail","code"],"properties":{)"
    R"("type":{"type":"string","const":"about:blank"},"title":{"type":"string"},"status":{"type":"integer"},)"
    R"("detail":{"type":"string","description":"Human-readable."},"instance":{"type":"string","description":"The requested path."},)"
    R"("code":{"type":"string","description":"Stable: for a program."},"requestId":{"type":"string"},)"
    R"("errors":{"type":"array","description":"Every fault of the input.","items":{"$ref":"#/components/schemas/http.Fault"}}}})";
constexpr std::string_view fault_schema =
    R"({"type":"object","required":["path","code","message"],"properties":{)"
    R"("path":{"type":"string","description":"A JSON Pointer into the body, or the name of a parameter."},)"
    R"("code":{"type":"string"},"message":{"type":"string"}}})";
constexpr std::string_view pagination_schema =
    R"({"oneOf":[{"type":"object","required":["page","limit","total","pages"],"properties":{)"
    R"("page":{"type":"integer"},"limit":{"type":"integer"},"total":{"type":"integer"},"pages":{"type":"integer"},)"
    R"("totalIsExact":{"type":"boolean","description":"false: there are more than total."}}},)"
    R"({"type":"object","description":"With a cursor.","required":["limit","next","previous"],"properties":{)"
    R"("limit":{"type":"integer"},"next":{"type":["string","null"]},"previous":{"type":["string","null"]}}}]})";
std::string security_schemes(const AppOptions& options) {
  const bool secure = options.secure_cookies == AppOptions::SecureCookies::yes;
  const CredentialCookie cookie = options.cookies.access_cookie();
  return R"({"bearerAuth":{"type":"http","scheme":"bearer","bearerFormat":"JWT"},)"
         R"("accessTokenCookie":{"type":"apiKey","in":"cookie","name":")" +
         std::string(secure ? cookie.prefix : "").append(cookie.name) +
         R"("},"accessTokenHeader":{"type":"apiKey","in":"header","name":"X-Access-Token"}})";
}
constexpr std::string_view any_token = R"([{"bearerAuth":[]},{"accessTokenCookie":[]},{"accessTokenHeader":[]}])";

std::string description_of(const PreparedRoute& prepared) {
  std::string out = "Guard: " + std::string(prepared.endpoint->guard->text()) + '.';
  for (const api::RateLimit& limit : prepared.route->endpoint.limits)
    out += " At most " + std::to_string(limit.requests) + " requests of one " +
           (limit.by == api::RateLimit::By::account ? "account" : "client") + " in " +
           std::to_string(limit.window.count()) + " s.";
  return out;
}

class Description {
 public:
  Description(const AppOptions& options, std::span<const PreparedRoute> routes) : options_(options), routes_(routes) {}
  std::string make();

 private:
  void operation(const PreparedRoute& prepared);
  void parameters(const PreparedRoute& prepared);
  void parameter(const schema::Member& member, std::string_view name, std::string_view place);
  void request_body(const InputBinding& binding);
  void body_content(std::string_view media_type, const InputBinding& binding);
  void file_encodings(const InputBinding& binding);
  void success(const PreparedRoute& prepared);
  void location();
  void stream(const api::ReplyShape& reply);
  // `also`: the type of a reply that has the same status; may be null.
  void response_of(int status, const std::vector<std::string_view>& codes, const schema::Type* also);
  void problem_content(int status, const std::vector<std::string_view>& codes);
  void problems(const PreparedRoute& prepared);

  const AppOptions& options_;
  std::span<const PreparedRoute> routes_;
  JsonSchemas schemas_{"#/components/schemas/"};
  std::set<int> shared_;  // the responses that routes refer to
  std::string text_;
  JsonText out_{text_};
};

void Description::parameter(const schema::Member& member, std::string_view name, std::string_view place) {
  const bool required = place == "path" || (member.required && member.type().kind != schema::Kind::array);
  out_.begin('{').member("name", name).member("in", place).key("required").json(required ? "true" : "false");
  if (!member.type().description.empty()) out_.member("description", member.type().description);
  out_.key("schema");
  schemas_.append(member.type(), JsonSchemas::Use::input, out_.value());
  out_.end('}');
}

void Description::parameters(const PreparedRoute& prepared) {
  const InputBinding& binding = *prepared.binding;
  const bool query = binding.source() == InputBinding::Source::query;
  const auto& bindings = prepared.route->bindings;
  const bool named = prepared.route->endpoint.idempotency == api::Endpoint::Idempotency::taken;
  if (binding.path_members().empty() && (!query || binding.rest().members.empty()) && bindings.empty() && !named)
    return;
  out_.key("parameters").begin('[');
  for (const auto* member : binding.path_members()) parameter(*member, member->json_name, "path");
  if (query)
    for (const auto& member : binding.rest().members) parameter(member, member.json_name, "query");
  for (const FieldBinding& field : bindings)
    parameter(*field.member, field.name, field.place == FieldBinding::Place::cookie ? "cookie" : "header");
  if (named)
    out_.json(
        R"({"name":"Idempotency-Key","in":"header","required":false,)"
        R"("description":"Names this call: sent again under the same name, it gets the same answer and happens once.",)"
        R"("schema":{"type":"string","minLength":1,"maxLength":)" +
        std::to_string(api::Call::idempotency_key_bytes_max) + R"(,"pattern":"^[!-~]+$"}})");
  out_.end(']');
}

void Description::request_body(const InputBinding& binding) {
  if (binding.source() != InputBinding::Source::body || binding.rest().members.empty()) return;
  out_.key("requestBody").begin('{').key("required").json(binding.body_required() ? "true" : "false");
  out_.key("content").begin('{');
  using enum InputBinding::BodyFormat;
  if (binding.takes(json)) body_content("application/json", binding);
  if (binding.takes(urlencoded)) body_content("application/x-www-form-urlencoded", binding);
  if (binding.takes(multipart)) body_content("multipart/form-data", binding);
  out_.end('}').end('}');
}

void Description::body_content(std::string_view media_type, const InputBinding& binding) {
  out_.key(media_type).begin('{').key("schema");
  schemas_.append(binding.rest(), JsonSchemas::Use::input, out_.value());
  out_.key("example");
  schema::append_example(binding.rest(), out_.value());
  if (binding.has_files()) file_encodings(binding);
  out_.end('}');
}

// Which media types each file may have.
void Description::file_encodings(const InputBinding& binding) {
  out_.key("encoding").begin('{');
  for (const auto& member : binding.body_members()) {
    if (!detail::is_file(member.type())) continue;
    std::string types;
    for (const auto type : detail::value_type(member.type()).media_types)
      types.append(types.empty() ? "" : ", ").append(type);
    out_.key(member.json_name).begin('{').member("contentType", types.empty() ? "application/octet-stream" : types);
    out_.end('}');
  }
  out_.end('}');
}

void Description::location() {
  out_.key("headers").json(R"({"Location":{"required":true,"schema":{"type":"string","format":"uri-reference"}}})");
}

void Description::success(const PreparedRoute& prepared) {
  using Kind = api::ReplyShape::Kind;
  const api::ReplyShape reply = prepared.route->endpoint.operation->reply();
  const int status = status_of(reply.kind);
  out_.key(std::to_string(status)).begin('{').member("description", http::reason_of(status));
  if (prepared.created_id != nullptr) location();
  if (reply.kind == Kind::none) {
    out_.end('}');
    return;
  }
  if (reply.streams()) return stream(reply);
  out_.key("content").begin('{').key("application/json").begin('{').key("schema");
  if (reply.kind == Kind::bare) {
    schemas_.append(*reply.type, JsonSchemas::Use::output, out_.value());
    out_.key("example");
    schema::append_example(*reply.type, out_.value());
  } else {
    const bool page = reply.kind == Kind::page;
    out_.begin('{').member("type", "object").key("required").json(page ? R"(["data","pagination"])" : R"(["data"])");
    out_.key("properties").begin('{').key("data");
    if (page) out_.begin('{').member("type", "array").key("items");
    schemas_.append(*reply.type, JsonSchemas::Use::output, out_.value());
    if (page) out_.end('}').key("pagination").json(R"({"$ref":"#/components/schemas/http.Pagination"})");
    out_.end('}').end('}').key("example").begin('{').key("data");
    if (page) out_.begin('[');
    schema::append_example(*reply.type, out_.value());
    if (page) out_.end(']').key("pagination").json(R"({"page":1,"limit":20,"total":1,"pages":1})");
    out_.end('}');
  }
  out_.end('}').end('}').end('}');
}

// OpenAPI 3.1 has no member for the items of a stream (3.2: itemSchema). JSON Schema has: the text is decoded to a list
// of events, and the data of each to JSON (2020-12, "A Vocabulary for the Contents of String-Encoded Data").
void Description::stream(const api::ReplyShape& reply) {
  const bool events = reply.kind == api::ReplyShape::Kind::events;
  out_.key("content").begin('{').key(events ? "text/event-stream" : "application/json").begin('{');
  out_.key("schema").begin('{');
  if (events) {
    out_.member("type", "string").member("contentMediaType", "text/event-stream").key("contentSchema").begin('{');
    out_.member("type", "array").key("items").begin('{').member("type", "object").key("required").json(R"(["data"])");
    out_.key("properties").begin('{').key("id").json(R"({"type":"string"})").key("data").begin('{');
    out_.member("type", "string").member("contentMediaType", "application/json").key("contentSchema");
    schemas_.append(*reply.type, JsonSchemas::Use::output, out_.value());
    out_.end('}').end('}').end('}').end('}').end('}');
  } else {
    out_.member("type", "array").member("description", "Sent item by item.").key("items");
    schemas_.append(*reply.type, JsonSchemas::Use::output, out_.value());
    out_.end('}').key("example").begin('[');
    schema::append_example(*reply.type, out_.value());
    out_.end(']');
  }
  out_.end('}').end('}').end('}');
}

// From after its opening brace.
void Description::response_of(int status, const std::vector<std::string_view>& codes, const schema::Type* also) {
  std::string description(http::reason_of(status));
  description += ':';
  for (const auto code : codes) description.append(" `").append(code).append("`");
  out_.member("description", description).key("content").begin('{');
  if (also != nullptr) {
    out_.key("application/json").begin('{').key("schema");
    schemas_.append(*also, JsonSchemas::Use::output, out_.value());
    out_.end('}');
  }
  problem_content(status, codes);
  out_.end('}').end('}');
}

void Description::problem_content(int status, const std::vector<std::string_view>& codes) {
  out_.key("application/problem+json").begin('{').key("schema").begin('{').key("allOf").begin('[');
  out_.json(R"({"$ref":"#/components/schemas/http.Problem"})");
  out_.begin('{').member("type", "object").key("properties").begin('{').key("code").begin('{').member("type", "string");
  out_.key("enum").begin('[');
  for (const auto code : codes) out_.text(code);
  out_.end(']').end('}').end('}').end('}').end(']').end('}');
  out_.key("example")
      .begin('{')
      .member("type", "about:blank")
      .member("title", http::reason_of(status))
      .key("status")
      .number(status);
  out_.member("detail", "A human-readable sentence.").member("code", codes.front()).member("requestId", "7f3d0c5e");
  if (status == 422)
    out_.key("errors").json(R"([{"path":"/name","code":"too_long","message":"must have at most 120 characters"}])");
  out_.end('}').end('}');
}

// The connection's refusals are the same for every route, and are components.
void Description::problems(const PreparedRoute& prepared) {
  constexpr int unavailable = 503;
  const auto& of_connection = detail::connection_problems();
  for (const auto& [status, codes] : detail::problems_of(options_, prepared)) {
    const auto same = of_connection.find(status);
    out_.key(std::to_string(status)).begin('{');
    if (same != of_connection.end() && same->second == codes) {
      shared_.insert(status);
      out_.member("$ref", "#/components/responses/http." + std::to_string(status)).end('}');
      continue;
    }
    const bool also = status == unavailable && prepared.route->unavailable == Route::Unavailable::possible;
    response_of(status, codes, also ? prepared.route->endpoint.operation->reply().type : nullptr);
  }
}

void Description::operation(const PreparedRoute& prepared) {
  const Route& route = *prepared.route;
  std::string method;
  for (const char c : http::to_string(route.method)) method += static_cast<char>(c - 'A' + 'a');
  out_.key(method).begin('{').member("operationId", route.endpoint.name);
  const std::string& summary = route.endpoint.summary;
  out_.member("summary", summary.empty() ? std::string(http::to_string(route.method)) + ' ' + route.path : summary);
  out_.member("description", description_of(prepared)).member("x-guard", prepared.endpoint->guard->text());
  out_.key("tags").begin('[').text(route.endpoint.tag).end(']');
  out_.key("security").json(route.is_open() ? "[]" : any_token);
  parameters(prepared);
  request_body(*prepared.binding);
  out_.key("responses").begin('{');
  success(prepared);
  problems(prepared);
  out_.end('}').end('}');
}

std::string Description::make() {
  std::vector<const PreparedRoute*> described;
  for (const auto& prepared : routes_)
    if (prepared.route->has_operation()) described.push_back(&prepared);
  std::set<std::string> tags;
  for (const auto* prepared : described) tags.insert(prepared->route->endpoint.tag);
  const bool has_pages = std::ranges::any_of(described, [](const PreparedRoute* prepared) {
    return prepared->route->endpoint.operation->reply().kind == api::ReplyShape::Kind::page;
  });
  std::ranges::sort(described, {}, [](const PreparedRoute* prepared) {
    return std::pair(std::string_view(prepared->route->path), prepared->route->method);
  });

  out_.begin('{').member("openapi", "3.1.0");
  out_.key("info").begin('{').member("title", options_.title).member("version", options_.version);
  out_.member("description", "Described from the route table of the running server.");
  out_.end('}');
  out_.key("servers").json(R"([{"url":"/"}])").key("tags").begin('[');
  for (const auto& tag : tags)
    out_.begin('{').member("name", tag).member("description", "Operations on " + tag + '.').end('}');
  out_.end(']').key("security").json(any_token).key("paths").begin('{');
  for (std::size_t i = 0; i < described.size(); ++i) {
    const std::string& path = described[i]->route->path;
    if (i == 0 || described[i - 1]->route->path != path) out_.key(path).begin('{');
    operation(*described[i]);
    if (i + 1 == described.size() || described[i + 1]->route->path != path) out_.end('}');
  }
  out_.end('}')
      .key("components")
      .begin('{')
      .key("securitySchemes")
      .json(security_schemes(options_))
      .key("schemas")
      .begin('{');
  for (const auto& [name, definition] : schemas_.definitions()) out_.key(name).json(definition);
  out_.key("http.Problem").json(problem_schema).key("http.Fault").json(fault_schema);
  if (has_pages) out_.key("http.Pagination").json(pagination_schema);
  out_.end('}').key("responses").begin('{');
  for (const auto& [status, codes] : detail::connection_problems()) {
    if (!shared_.contains(status)) continue;  // each route has others in addition
    out_.key("http." + std::to_string(status)).begin('{');
    response_of(status, codes, nullptr);
  }
  out_.end('}').end('}').end('}');
  return std::move(text_);
}

}  // namespace

std::string make_openapi(const AppOptions& options, std::span<const PreparedRoute> routes) {
  return Description(options, routes).make();
}

}  // namespace ashlar::web
