// SPDX-License-Identifier: Apache-2.0
// The same calls through every transport: each has the same outcome, the same values, counters and audit entries.
#include "ashlar/api/client.hpp"
#include "ashlar/core/base64.hpp"
#include "tests/support/realtime_instances.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <memory>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::test {
namespace {

using namespace std::chrono_literals;
using http::Method;
using Members = std::vector<std::pair<std::string, std::string>>;  // names with values as JSON

enum class Who : std::uint8_t { nobody, forged, expired, revoked, ada, bob, admin };

struct Call {
  std::string operation;
  Who who = Who::nobody;
  Members input{};
  std::string expected = "ok";  // or the error's code
  std::string idempotency_key{};
  std::string of_graphql{};  // the code with which GraphQL's own types refuse it, before there is a call
};

struct Outcome {
  std::string code{};
  std::vector<std::string> values{};  // of the reply, as path=value
  std::string counted{};              // the counter of the operation that went up
  std::int64_t audit_entries = 0;
};
bool operator==(const Outcome& a, const Outcome& b) {
  return a.code == b.code && a.values == b.values && a.counted == b.counted && a.audit_entries == b.audit_entries;
}
void PrintTo(const Outcome& outcome, std::ostream* out) {
  *out << outcome.code << " (" << outcome.counted << ", " << outcome.audit_entries << " audit entries)";
  for (const std::string& value : outcome.values) *out << "\n    " << value;
}

const std::string long_title = '"' + std::string(201, 't') + '"';
const std::string long_id = R"("01234567-89ab-7def-8123-456789abcdef")";

Members order_of(const std::string& product, int quantity) {
  return {{"items", R"([{"productId":)" + product + R"(,"quantity":)" + std::to_string(quantity) + "}]"}};
}

// $product, $post, $draft and $order are the ids of those of the world.
std::vector<Call> refused_calls() {
  using enum Who;
  const std::string no_one = "auth.not_signed_in", no = "auth.forbidden", invalid = "request.invalid";
  const Members text{{"title", R"("T")"}, {"content", R"("C")"}};
  return {// who is let in
          {"me", nobody, {}, no_one},
          {"me", forged, {}, "auth.token_invalid"},
          {"me", expired, {}, "auth.token_expired"},
          {"me", revoked, {}, "auth.token_revoked"},
          {"me", ada},
          {"me", admin},
          {"listProducts", nobody},
          {"createPost", nobody, text, no_one},
          {"createProduct", ada, {{"name", R"("Desk")"}, {"price", R"("10.00")"}}, no},
          {"listUsers", ada, {}, no},
          {"listUsers", admin},
          {"getUser", bob, {{"id", long_id}}, no},
          {"listAuditEntries", bob, {}, no},
          // an unknown resource, and another's
          {"getProduct", nobody, {{"id", "$product"}}},
          {"getProduct", nobody, {{"id", long_id}}, "product.not_found"},
          {"getPost", nobody, {{"id", "$post"}}},
          {"getPost", bob, {{"id", "$draft"}}, "post.not_found"},
          {"getPost", ada, {{"id", "$draft"}}},
          {"updatePost", bob, {{"id", "$post"}, {"title", R"("Mine")"}}, no},
          {"updatePost", ada, {{"id", long_id}, {"title", R"("U")"}}, "post.not_found"},
          {"getOrder", bob, {{"id", "$order"}}, no},
          {"getOrder", ada, {{"id", "$order"}}},
          {"getOrder", admin, {{"id", "$order"}}},
          // an input that is refused
          {"createPost", ada, {{"title", R"("")"}, {"content", R"("C")"}}, invalid},
          {"createPost", ada, {{"title", long_title}, {"content", R"("C")"}}, invalid},
          {"createPost", ada, {{"title", R"("\u202E")"}, {"content", R"("C")"}}, invalid},
          {"listPosts", nobody, {{"limit", "101"}}, invalid},
          {"listPosts", nobody, {{"page", "0"}}, invalid},
          {"listPosts", nobody, {{"sort", R"("colour")"}}, invalid},
          {"getProduct", nobody, {{"id", R"("7")"}}, invalid, "", "graphql.variables_invalid"},
          {"createProduct", admin, {{"name", R"("Desk")"}, {"price", R"("12.505")"}}, invalid},
          {"createOrder", ada, {{"items", "[]"}}, invalid},
          {"createOrder", ada, order_of("$product", 0), invalid},
          {"login", nobody, {{"email", R"("nobody")"}, {"password", R"("a long password")"}}, invalid},
          {"createUser",
           admin,
           {{"name", R"("N")"}, {"email", R"("n@example.com")"}, {"password", R"("short")"}},
           invalid}};
}

std::vector<Call> served_calls() {
  using enum Who;
  return {// writes
          {"createPost", ada, {{"title", R"("T")"}, {"content", R"("C")"}, {"published", "true"}}},
          {"updatePost", ada, {{"id", "$post"}, {"title", R"("Grüße 🙂")"}}},
          {"updatePost", admin, {{"id", "$post"}, {"published", "false"}}},
          {"createProduct", admin, {{"name", R"("Lamp")"}, {"price", R"("12.50")"}, {"stock", "3"}}},
          {"updateProduct", admin, {{"id", "$product"}, {"price", R"("11.00")"}}},
          {"createOrder", ada, order_of("$product", 2)},
          {"createOrder", ada, order_of("$product", 1), "ok", "once"},
          {"createOrder", ada, order_of("$product", 1), "ok", "once"},
          {"createOrder", ada, order_of("$product", 3), "idempotency.mismatch", "once"},
          {"deletePost", ada, {{"id", "$draft"}}},
          {"deletePost", ada, {{"id", "$draft"}}, "post.not_found"},
          // what conflicts
          {"createOrder", ada, order_of("$product", 99), "order.out_of_stock"},
          {"createOrder", ada, order_of(long_id, 1), "request.invalid"},
          {"createUser",
           admin,
           {{"name", R"("Ada")"}, {"email", R"("ada@example.com")"}, {"password", R"("a long password")"}},
           "user.email_taken"},
          {"cancelOrder", ada, {{"id", "$order"}}},
          {"cancelOrder", ada, {{"id", "$order"}}, "order.not_cancellable"},
          {"payOrder", ada, {{"id", "$order"}}, "order.not_pending"},
          {"login",
           nobody,
           {{"email", R"("ada@example.com")"}, {"password", R"("a wrong password")"}},
           "auth.invalid_credentials"},
          // pages
          {"listPosts", nobody, {{"limit", "2"}}},
          {"listProducts", nobody, {{"sort", R"("-name")"}, {"limit", "1"}, {"page", "2"}}},
          {"listProducts", nobody, {{"cursor", R"("nonsense")"}}, "sql.invalid_cursor"},
          {"listOrders", ada},
          {"listOrders", bob}};
}

std::vector<Call> table() {
  std::vector<Call> out = refused_calls();
  for (Call& call : served_calls()) out.push_back(std::move(call));
  return out;
}

// --- values ---

// The leaves of a reply. Null, empty, 0 and false are left out, since protobuf does not tell them from what is absent.
void add_values(simdjson::dom::element element, const std::string& path, std::vector<std::string>& out) {
  if (element.is_object()) {
    for (const auto [name, value] : simdjson::dom::object(element)) {
      if (name != "__typename") add_values(value, path + '/' + std::string(name), out);
    }
  } else if (element.is_array()) {
    std::size_t i = 0;
    for (const simdjson::dom::element item : simdjson::dom::array(element))
      add_values(item, path + '/' + std::to_string(i++), out);
  } else {
    std::string text = element.is_string() ? std::string(std::string_view(element)) : simdjson::minify(element);
    if (text != "null" && !text.empty() && text != "0" && text != "false") out.push_back(path + '=' + text);
  }
}
std::vector<std::string> values_of(const web::TestReply& reply, const std::string& pointer) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(reply.body);
  const simdjson::dom::element document = parser.parse(padded);
  std::vector<std::string> out;
  add_values(document.at_pointer(pointer), "", out);
  return out;
}

// Without the member that holds the value: `data`, or `items` of a page. New ids are alike, and times have no fraction
// of zero.
std::vector<std::string> comparable(std::vector<std::string> values, const std::map<std::string, std::string>& ids) {
  const auto is_of_page = [](const std::string& value) { return value.starts_with("/pagination/"); };
  const bool page = std::ranges::any_of(values, is_of_page);
  static const std::regex id("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  static const std::regex whole_second(R"(\.000Z$)");
  for (std::string& value : values) {
    for (const std::string_view holder : {"/data", "/items"})
      if (value.starts_with(std::string(holder) + "/") && (page || holder == "/data")) value.erase(0, holder.size());
    for (const auto& [label, known] : ids)
      if (value.ends_with("=" + known)) value.replace(value.size() - known.size(), known.size(), label);
    value = std::regex_replace(std::regex_replace(value, id, "an id"), whole_second, "Z");
  }
  // `pages` is of REST alone, and says what `total` and `limit` do.
  std::erase_if(values, [](const std::string& value) {
    return value == "/pagination/totalIsExact=true" || value.starts_with("/pagination/pages=");
  });
  std::ranges::sort(values);
  return values;
}

std::string json_of(const Members& members) {
  std::string out = "{";
  for (const auto& [name, value] : members) out += (out.size() > 1 ? ",\"" : "\"") + name + "\":" + value;
  return out + "}";
}

// --- the world that the calls find ---

struct World {
  World() {
    ada = backend.person("ada");
    backend.clock().advance(1s);  // lists begin with the newest
    bob = backend.person("bob");
    backend.clock().advance(1s);
    admin = backend.admin();
    backend.clock().advance(1s);
    bad = backend.bad_tokens();
    ids["$product"] = made(admin, "/api/products", R"({"name":"Chair","price":"10.00","stock":10})");
    ids["$post"] = made(ada, "/api/posts", R"({"title":"Open","content":"C","published":true})");
    ids["$draft"] = made(ada, "/api/posts", R"({"title":"Draft","content":"C"})");
    ids["$order"] = made(ada, "/api/orders", R"({"items":[{"productId":")" + ids["$product"] + R"(","quantity":1}]})");
  }
  std::string made(const Person& by, const std::string& path, const std::string& body) {
    const auto reply = backend.as(by, Method::post, path, body);
    EXPECT_EQ(reply.status, 201) << path << ": " << reply.body;
    backend.clock().advance(1s);
    return reply.at("/data/id");
  }
  [[nodiscard]] Members input_of(const Call& call) const {
    Members out = call.input;
    for (auto& [name, value] : out)
      for (const auto& [label, id] : ids)
        for (std::size_t at = value.find(label); at != value.npos; at = value.find(label))
          value.replace(at, label.size(), '"' + id + '"');
    return out;
  }
  [[nodiscard]] std::string token_of(Who who) const {
    switch (who) {
      case Who::forged:
        return bad.forged;
      case Who::expired:
        return bad.expired;
      case Who::revoked:
        return bad.revoked;
      case Who::ada:
        return ada.token;
      case Who::bob:
        return bob.token;
      case Who::admin:
        return admin.token;
      case Who::nobody:
        break;
    }
    return {};
  }
  std::int64_t audit_entries() {
    std::int64_t out = 0;
    const auto read = backend.database().query_blocking(
        {.sql = "select count(*) from audit_entries", .on_row = [&out](const sql::Row& row) { out = row.integer(0); }});
    EXPECT_TRUE(read);
    return out;
  }

  RealtimeInstances instances;
  TestBackend& backend = instances.backend;
  Person ada, bob, admin;
  BadTokens bad;
  std::map<std::string, std::string> ids;
  std::map<std::string, std::unique_ptr<WebSocketClient>> sockets;
};

struct Made {
  const Call& call;
  const Members input;
  const std::string token;
  [[nodiscard]] std::string json() const { return json_of(input); }
};
// Makes the call; the caller adds the counters and audit entries. Without a code: the transport does not serve the
// call.
using Transport = Outcome (*)(World&, const Made&);

Outcome succeeded(const web::TestReply& reply, const std::string& pointer = {}) {
  return {.code = "ok", .values = values_of(reply, pointer)};
}
Outcome refused(std::string code) { return {.code = std::move(code)}; }
web::TestReply reply_of(std::string json) { return {.status = 200, .headers = {}, .body = std::move(json)}; }
web::TestRequest request_of(Method method, std::string target, std::string body, const Made& made) {
  web::TestRequest out{.method = method, .target = std::move(target), .headers = {}, .body = std::move(body)};
  if (!made.token.empty()) out.headers.emplace_back("Authorization", "Bearer " + made.token);
  if (!made.call.idempotency_key.empty()) out.headers.emplace_back("Idempotency-Key", made.call.idempotency_key);
  return out;
}

// --- the transports ---

Outcome in_process(World& world, const Made& made) {
  const api::Client client(world.backend.application().app().api());
  const auto reply = async::run_to_end(
      world.backend.client().loop(), client.call(made.call.operation, made.json(),
                                                 {.token = made.token, .idempotency_key = made.call.idempotency_key}));
  if (!reply) return refused(std::string(reply.error().code().name));
  const std::string body = api::body_of(*reply);
  return succeeded(reply_of(body.empty() ? "{}" : body));
}

Outcome over_rest(World& world, const Made& made) {
  const auto& routes = world.backend.application().app().routes();
  const auto& route =
      **std::ranges::find(routes, made.call.operation, [](const auto& each) { return each->endpoint.name; });
  Members rest;
  std::string target = route.path;
  for (const auto& [name, value] : made.input) {
    const std::string place = "{" + name + "}";
    if (const std::size_t at = target.find(place); at != target.npos) {
      target.replace(at, place.size(), value.substr(1, value.size() - 2));
    } else {
      rest.emplace_back(name, value);
    }
  }
  std::string body;
  if (route.method == Method::get) {
    for (auto& [name, value] : rest) {
      if (value.starts_with('"')) value = value.substr(1, value.size() - 2);
      target += (target.contains('?') ? "&" : "?") + name + "=" + value;
    }
  } else if (!rest.empty()) {
    body = json_of(rest);
  }
  const auto reply = world.backend.client().send(request_of(route.method, target, body, made));
  if (reply.status >= 400) return refused(reply.at("/code"));
  return succeeded(reply.body.empty() ? reply_of("{}") : reply);
}

// Every field of a type.
std::string selection(const graphql::NamedType& type) {
  if (type.is_leaf()) return {};
  std::string out = " { __typename";
  for (const graphql::NamedType* each : type.possible) out += " ... on " + each->name + selection(*each);
  if (!type.is_abstract())
    for (const graphql::FieldDefinition& field : type.fields) out += ' ' + field.name + selection(*field.type.named);
  return out + " }";
}

Outcome over_graphql(World& world, const Made& made) {
  const graphql::TypeSystem& types = world.backend.application().graphql_types();
  const auto* field = types.query().field(made.call.operation);
  const std::string kind = field != nullptr ? "query" : "mutation";
  if (field == nullptr) field = types.mutation()->field(made.call.operation);
  std::string variables;
  std::string arguments;
  for (const graphql::InputValue& each : field->arguments) {
    if (std::ranges::find(made.input, each.name, &Members::value_type::first) == made.input.end()) continue;
    variables += (variables.empty() ? "($" : ", $") + each.name + ": " + each.type.text();
    arguments += (arguments.empty() ? "(" : ", ") + each.name + ": $" + each.name;
  }
  if (!variables.empty()) variables += ')', arguments += ')';
  std::string query;
  schema::write_json_string(kind + variables + " { " + field->name + arguments + selection(*field->type.named) + " }",
                            query);
  auto request =
      request_of(Method::post, "/graphql", R"({"query":)" + query + R"(,"variables":)" + made.json() + "}", made);
  request.headers.emplace_back("Accept", "application/graphql-response+json");
  const auto reply = world.backend.client().send(request);
  if (reply.has("/errors")) {
    const std::string code = reply.at("/errors/0/extensions/code");
    if (code != made.call.of_graphql) return refused(code);
    return {.code = made.call.expected, .counted = "none"};
  }
  const std::string at = "/data/" + field->name;
  if (reply.has(at + "/code") && reply.at(at + "/__typename").ends_with("Error"))
    return refused(reply.at(at + "/code"));
  if (reply.at(at + "/__typename") == "Done") return succeeded(reply_of("{}"));
  return succeeded(reply, at);
}

std::string connect_path(const grpc::Proto& proto, std::string_view operation) {
  for (const grpc::Service& service : proto.services())
    for (const grpc::Method& method : service.methods)
      if (method.operation == operation) return "/" + service.name + "/" + method.name;
  return {};
}

Outcome over_connect(World& world, const Made& made) {
  const std::string path = connect_path(world.backend.application().proto(), made.call.operation);
  const auto reply = world.backend.client().send(request_of(Method::post, path, made.json(), made));
  if (reply.status == 200) return succeeded(reply);
  // google.rpc.ErrorInfo, whose first field is the reason.
  std::string info = reply.at("/details/0/value");
  while (info.size() % 4 != 0) info += '=';
  info = from_base64(info).value_or("??");
  return refused(info.substr(2, static_cast<unsigned char>(info[1])));
}

Outcome over_websocket(World& world, const Made& made) {
  if (made.token.empty()) return {};  // there is no anonymous socket
  std::unique_ptr<WebSocketClient>& socket = world.sockets[made.token];
  if (!socket) socket = world.instances.connect(made.token);
  const std::string key =
      made.call.idempotency_key.empty() ? "" : R"(,"idempotencyKey":")" + made.call.idempotency_key + '"';
  say(*socket,
      R"({"type":"call","id":"1","operation":")" + made.call.operation + R"(","input":)" + made.json() + key + "}");
  const std::string answer = next_but_pings(*socket);
  if (answer.starts_with("close 1008 ")) {
    socket.reset();
    return {.code = answer.substr(11), .counted = "none"};
  }
  const auto message = reply_of(answer.substr(answer.find('{')));
  if (message.at("/type") == "error") return refused(message.at("/code"));
  return succeeded(message, "/data");
}

Outcome over_mcp(World& world, const Made& made) {
  const std::string call = R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")" + made.call.operation +
                           R"(","arguments":)" + made.json() + "}}";
  const auto reply = world.backend.client().send(request_of(Method::post, "/mcp", call, made));
  if (reply.has("/error") && reply.at("/error/message").contains("tool")) return {};  // few operations are tools
  if (reply.at("/result/isError") == "true") return refused(reply.at("/result/structuredContent/code"));
  return succeeded(reply, "/result/structuredContent");
}

// --- the comparison ---

const std::vector<std::pair<const char*, Transport>> transports = {
    {"in the process", &in_process}, {"REST", &over_rest},           {"GraphQL", &over_graphql},
    {"Connect", &over_connect},      {"WebSocket", &over_websocket}, {"MCP", &over_mcp}};

// The outcomes with which the calls of one operation have ended so far.
std::map<std::string, std::uint64_t> counts(World& world, const std::string& operation) {
  const api::Api& api = world.backend.application().app().api();
  const std::size_t endpoint = api.find(operation)->index;
  std::map<std::string, std::uint64_t> out;
  for (std::size_t i = 0; i < 14; ++i) {
    const auto error = i == 0 ? std::nullopt : std::optional(static_cast<ErrorKind>(i - 1));
    out[std::string(api::outcome_name(error))] += api.metrics().calls_of(endpoint, error);
  }
  return out;
}

std::vector<Outcome> outcomes(Transport transport) {
  World world;
  std::vector<Outcome> out;
  for (const Call& call : table()) {
    const std::int64_t entries = world.audit_entries();
    const auto before = counts(world, call.operation);
    const Made made{.call = call, .input = world.input_of(call), .token = world.token_of(call.who)};
    Outcome outcome = transport(world, made);
    if (outcome.code.empty()) (void)in_process(world, made);  // later calls find what it wrote
    for (const auto& [name, count] : counts(world, call.operation))
      if (outcome.counted != "none" && count > before.at(name)) outcome.counted += name;
    outcome.audit_entries = world.audit_entries() - entries;
    outcome.values = comparable(std::move(outcome.values), world.ids);
    out.push_back(std::move(outcome));
    world.backend.clock().advance(1s);
  }
  return out;
}

TEST(Transports, MakeTheSameOfEachCall) {
  const std::vector<Call> calls = table();
  EXPECT_GE(calls.size(), 50U);
  const std::vector<Outcome> process = outcomes(&in_process);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    EXPECT_EQ(process[i].code, calls[i].expected) << i << ' ' << calls[i].operation;
    EXPECT_EQ(process[i].values.empty(), calls[i].expected != "ok" || calls[i].operation.starts_with("delete"));
  }
  for (const auto& [name, transport] : transports) {
    const std::vector<Outcome> made = outcomes(transport);
    std::size_t compared = 0;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      SCOPED_TRACE(std::string(name) + ", call " + std::to_string(i) + ": " + calls[i].operation);
      if (made[i].code.empty()) continue;
      Outcome expected = process[i];
      if (made[i].counted == "none") expected.counted = "none";  // refused before an operation was named
      ++compared;
      EXPECT_EQ(made[i], expected);
    }
    EXPECT_GE(compared, transport == &over_mcp ? 25U : 40U) << name;
  }
}

}  // namespace
}  // namespace ashlar::test
