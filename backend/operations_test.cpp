// SPDX-License-Identifier: Apache-2.0
// Every operation of the backend, called by every kind of caller, over HTTP and in the process: both get the same
// decision, error code and counters. A new operation fails this test until it has a row.
#include "ashlar/api/client.hpp"
#include "ashlar/async/task_scope.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;

// What each caller gets: "ok", or the part of the error's code that tells it apart.
struct Row {
  std::string operation;
  std::string anonymous, expired, revoked;    // credentials that are none
  std::string stranger, owner, clerk, admin;  // an account, the resource's owner, one with permissions, an admin
};

constexpr const char* no_one = "auth.not_signed_in";
constexpr const char* expired = "auth.token_expired";
constexpr const char* revoked = "auth.token_revoked";
constexpr const char* no = "auth.forbidden";
constexpr const char* ok = "ok";

Row open(std::string operation, std::string outcome = ok) {
  return {std::move(operation), outcome, outcome, outcome, outcome, outcome, outcome, outcome};
}
Row signed_in(std::string operation, std::string outcome = ok) {
  return {std::move(operation), no_one, expired, revoked, outcome, outcome, outcome, outcome};
}
Row owned(std::string operation) { return {std::move(operation), no_one, expired, revoked, no, ok, no, ok}; }
Row permitted(std::string operation, std::string outcome = ok) {
  return {std::move(operation), no_one, expired, revoked, no, no, outcome, outcome};
}
Row admins(std::string operation) { return {std::move(operation), no_one, expired, revoked, no, no, no, ok}; }

// The rows. Inputs are in input_of().
std::vector<Row> table() {
  return {open("health"),
          open("live"),
          open("ready"),
          open("register"),
          open("login", "auth.invalid_credentials"),
          open("refresh", "request.invalid"),
          {"logout", no_one, ok, ok, ok, ok, ok, ok},  // an expired token names its session, too
          signed_in("setUpMfa"),
          signed_in("enableMfa", "auth.mfa_not_set_up"),
          signed_in("disableMfa", "auth.mfa_not_enabled"),
          signed_in("renewRecoveryCodes", "auth.mfa_not_enabled"),
          open("verifyMfa", "auth.mfa_token_invalid"),
          signed_in("logoutAll"),
          signed_in("listSessions"),
          signed_in("endSession", "auth.session_not_found"),
          signed_in("me"),
          signed_in("updateMe"),
          admins("listUsers"),
          permitted("createUser"),
          admins("getUser"),
          admins("updateUser"),
          admins("deleteUser"),
          open("listPosts"),
          open("getPost"),
          signed_in("createPost"),
          owned("updatePost"),
          owned("deletePost"),
          open("listProducts"),
          open("getProduct"),
          permitted("createProduct"),
          permitted("updateProduct"),
          permitted("deleteProduct"),
          signed_in("listOrders"),
          owned("getOrder"),
          signed_in("createOrder"),
          owned("cancelOrder"),
          {"payOrder", no_one, expired, revoked, no, "order.payment_admin_only", no, ok}};
}

// A backend with one resource of each kind, and everybody who calls.
struct World {
  World() {
    admin = backend.admin();
    owner = backend.person("owner");
    stranger = backend.person("stranger");
    clerk = backend.person_with("clerk", {"create:user", "create:product", "update:product", "delete:product"});
    bad = backend.bad_tokens();
    product = made(admin, "/api/products", R"({"name": "Desk", "price": "10.00", "stock": 10})");
    post = made(owner, "/api/posts", R"({"title": "T", "content": "C", "published": true})");
    order = made(owner, "/api/orders", R"({"items": [{"productId": ")" + product + R"(", "quantity": 1}]})");
    user = backend.person("somebody").id;
  }
  std::string made(const Person& by, const std::string& path, const std::string& body) {
    return backend.as(by, Method::post, path, body).at("/data/id");
  }
  // The id in the path, by the resource that the path names.
  [[nodiscard]] std::string id_of(const std::string& path) const {
    for (const auto& [part, id] : std::map<std::string, std::string>{
             {"/posts/", post}, {"/products/", product}, {"/orders/", order}, {"/users/", user}, {"/sessions/", user}})
      if (path.contains(part)) return id;
    return {};
  }

  TestBackend backend;
  Person admin, owner, stranger, clerk;
  BadTokens bad;
  std::string product, post, order, user;
};

// A good input without its id; the examples of the API's description where the default does not do.
std::string input_of(const std::string& operation, const World& world) {
  if (operation == "createOrder") return R"({"items": [{"productId": ")" + world.product + R"(", "quantity": 1}]})";
  static const std::map<std::string, std::string> inputs = {
      {"register", R"({"name": "New", "email": "new@example.com", "password": "a long password"})"},
      {"login", R"({"email": "owner@example.com", "password": "a wrong password"})"},
      {"enableMfa", R"({"code": "000000"})"},
      {"disableMfa", R"({"password": "a long password", "code": "000000"})"},
      {"renewRecoveryCodes", R"({"code": "000000"})"},
      {"verifyMfa", R"({"mfaToken": "mfa_made-up", "code": "000000"})"},
      {"createUser", R"({"name": "New", "email": "new@example.com", "password": "a long password"})"},
      {"createPost", R"({"title": "T", "content": "C"})"},
      {"updatePost", R"({"title": "U"})"},
      {"createProduct", R"({"name": "Chair", "price": "5.00"})"},
      {"updateProduct", R"({"stock": 3})"},
      {"updateMe", R"({"name": "Else"})"},
      {"updateUser", R"({"name": "Else"})"}};
  const auto found = inputs.find(operation);
  return found == inputs.end() ? "{}" : found->second;
}

struct Outcome {
  std::string code;
  std::string counted_as;     // the outcome whose counter went up
  std::uint64_t counted = 0;  // by how much
  bool operator==(const Outcome&) const = default;
};
void PrintTo(const Outcome& outcome, std::ostream* out) {
  *out << outcome.code << " (" << outcome.counted_as << ", counted " << outcome.counted << ')';
}

Outcome over_http(World& world, const web::Route& route, const std::string& token) {
  const std::string& name = route.endpoint.name;
  std::string path = route.path;
  if (const auto at = path.find("{id}"); at != path.npos) path.replace(at, 4, world.id_of(route.path));
  const bool body = route.method != Method::get && route.method != Method::remove;
  const std::string json = input_of(name, world);
  web::TestRequest request{.method = route.method, .target = path, .headers = {}, .body = {}};
  if (body && json != "{}") request.body = json;
  if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
  const auto reply = world.backend.client().send(request);
  const std::string code = reply.status < 400 ? std::string(ok) : reply.at("/code");
  return {.code = code, .counted_as = {}, .counted = 0};
}

Outcome in_process(World& world, const web::Route& route, const std::string& token) {
  const std::string& name = route.endpoint.name;
  std::string json = input_of(name, world);
  if (route.path.contains("{id}")) {
    const std::string id = "\"id\": \"" + world.id_of(route.path) + '"';
    json = json == "{}" ? "{" + id + "}" : "{" + id + ", " + json.substr(1);
  }
  const api::Client client(world.backend.application().app().api());
  const auto reply = async::run_to_end(world.backend.client().loop(), client.call(name, json, {.token = token}));
  return {.code = reply ? std::string(ok) : std::string(reply.error().code().name), .counted_as = {}, .counted = 0};
}

const std::vector<std::pair<std::string, const std::string Row::*>> callers = {
    {"anonymous", &Row::anonymous}, {"expired", &Row::expired}, {"revoked", &Row::revoked},
    {"stranger", &Row::stranger},   {"owner", &Row::owner},     {"clerk", &Row::clerk},
    {"admin", &Row::admin}};

using Transport = Outcome (*)(World&, const web::Route&, const std::string&);

std::string token_of(const World& world, const std::string Row::* caller) {
  const std::vector<std::pair<const std::string Row::*, std::string>> tokens = {
      {&Row::expired, world.bad.expired}, {&Row::revoked, world.bad.revoked}, {&Row::stranger, world.stranger.token},
      {&Row::owner, world.owner.token},   {&Row::clerk, world.clerk.token},   {&Row::admin, world.admin.token}};
  const auto found = std::ranges::find(tokens, caller, [](const auto& each) { return each.first; });
  return found == tokens.end() ? std::string{} : found->second;
}

// The outcomes of one operation, caller by caller. A call that may have changed something is followed by a new world.
std::map<std::string, Outcome> outcomes(Transport transport, const std::string& operation) {
  std::map<std::string, Outcome> out;
  std::unique_ptr<World> world;
  for (const auto& [who, caller] : callers) {
    if (!world) world = std::make_unique<World>();
    const auto& app = world->backend.application().app();
    const auto route = std::ranges::find(app.routes(), operation, [](const auto& each) { return each->endpoint.name; });
    const std::size_t endpoint = app.api().find(operation)->index;
    const auto count = [&](std::size_t i) {
      const auto error = i == 0 ? std::nullopt : std::optional(static_cast<ErrorKind>(i - 1));
      return std::pair(app.api().metrics().calls_of(endpoint, error), api::outcome_name(error));
    };
    std::array<std::uint64_t, 14> before{};
    for (std::size_t i = 0; i < before.size(); ++i) before[i] = count(i).first;
    Outcome outcome = transport(*world, **route, token_of(*world, caller));
    for (std::size_t i = 0; i < before.size(); ++i) {
      const auto [after, name] = count(i);
      if (after > before[i]) outcome.counted_as += name;
      outcome.counted += after - before[i];
    }
    if (outcome.code == ok && (*route)->endpoint.effect == api::Endpoint::Effect::changes) world.reset();
    out.emplace(who, std::move(outcome));
  }
  return out;
}

TEST(Operations, AreDecidedAlikeOverHttpAndInTheProcess) {
  for (const Row& row : table()) {
    const auto http = outcomes(&over_http, row.operation);
    const auto process = outcomes(&in_process, row.operation);
    for (const auto& [who, caller] : callers) {
      SCOPED_TRACE(row.operation + " by " + who);
      EXPECT_EQ(http.at(who).code, row.*caller);
      EXPECT_EQ(http.at(who), process.at(who));
      EXPECT_EQ(http.at(who).counted, 1U);
    }
  }
}

TEST(Operations, HaveARowEach) {
  TestBackend backend;
  std::vector<std::string> rows;
  for (const Row& row : table()) rows.push_back(row.operation);
  std::vector<std::string> operations;
  for (const auto& route : backend.application().app().routes())
    if (route->has_operation()) operations.push_back(route->endpoint.name);
  EXPECT_THAT(operations, testing::UnorderedElementsAreArray(rows));
}

}  // namespace
}  // namespace ashlar::test
