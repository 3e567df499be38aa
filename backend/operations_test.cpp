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

// What each caller gets: "ok", or the distinguishing part of the error's code.
struct Row {
  std::string operation;
  std::string anonymous, expired, revoked;  // invalid credentials
  // An account, the resource's owner, one with permissions, an admin. An account whose grant has not begun, or has
  // ended, is a stranger.
  std::string stranger, owner, clerk, admin;
  std::string key, other_key, granted;  // an admin's API key for everything, one for something else; a grant of "*"
};

constexpr const char* no_one = "auth.not_signed_in";
constexpr const char* expired = "auth.token_expired";
constexpr const char* revoked = "auth.token_revoked";
constexpr const char* no = "auth.forbidden";
constexpr const char* ok = "ok";
constexpr const char* no_entry = "audit.entry_not_found";

Row open(std::string operation, std::string outcome = ok) {
  return {
      std::move(operation), outcome, outcome, outcome, outcome, outcome, outcome, outcome, outcome, outcome, outcome};
}
// Without an outcome for API keys: none is accepted.
Row signed_in(std::string operation, std::string outcome = ok, std::string key = no) {
  return {std::move(operation), no_one, expired, revoked, outcome, outcome, outcome, outcome,
          std::move(key),       no,     outcome};
}
Row with_key(std::string operation) { return signed_in(std::move(operation), ok, ok); }
Row owned(std::string operation) {
  return {std::move(operation), no_one, expired, revoked, no, ok, no, ok, ok, no, ok};
}
Row permitted(std::string operation, std::string outcome = ok) {
  return {std::move(operation), no_one, expired, revoked, no, no, outcome, outcome, outcome, no, outcome};
}
Row admins(std::string operation, std::string key = ok, std::string granted = ok) {
  return {std::move(operation), no_one, expired, revoked, no, no, no, ok, std::move(key), no, std::move(granted)};
}

// Admins are let in, and find nothing.
Row admins_miss(std::string operation, std::string error) {
  return {std::move(operation), no_one, expired, revoked, no, no, no, error, error, no, error};
}

// The rows of signing in and of accounts. Inputs are in input_of().
std::vector<Row> account_rows() {
  return {open("health"),
          open("live"),
          open("ready"),
          open("getJwks", "auth.no_public_keys"),
          open("register"),
          open("login", "auth.invalid_credentials"),
          open("refresh", "request.invalid"),
          // An expired token names its session, too; an API key has none.
          {"logout", no_one, ok, ok, ok, ok, ok, ok, "auth.token_invalid", "auth.token_invalid", ok},
          signed_in("setUpMfa"),
          signed_in("enableMfa", "auth.mfa_not_set_up"),
          signed_in("disableMfa", "auth.mfa_not_enabled"),
          signed_in("renewRecoveryCodes", "auth.mfa_not_enabled"),
          open("verifyMfa", "auth.mfa_token_invalid"),
          signed_in("stepUp", "auth.invalid_credentials"),
          signed_in("logoutAll"),
          signed_in("listSessions"),
          signed_in("endSession", "auth.session_not_found"),
          signed_in("createApiKey"),
          signed_in("listApiKeys"),
          {"deleteApiKey", no_one, expired, revoked, "api_key.not_found", "api_key.not_found", "api_key.not_found", ok,
           no, no, "api_key.not_found"},
          signed_in("listIdentities"),
          signed_in("unlinkIdentity", "auth.identity_not_found"),
          open("verifyEmail", "auth.challenge_invalid"),
          signed_in("resendVerification"),
          open("forgotPassword"),
          open("resetPassword", "auth.challenge_invalid"),
          signed_in("changePassword"),
          signed_in("changeEmail"),
          open("confirmEmail", "auth.challenge_invalid"),
          signed_in("beginPasskey"),
          signed_in("addPasskey", "request.invalid"),
          signed_in("listPasskeys"),
          signed_in("removePasskey", "auth.passkey_not_found"),
          open("beginPasskeyLogin"),
          open("loginWithPasskey", "request.invalid"),
          with_key("me"),
          signed_in("updateMe"),
          {"deleteMe", no_one, expired, revoked, ok, ok, ok, "user.last_admin", no, no, ok},
          signed_in("exportMe"),
          admins("listUsers"),
          permitted("createUser"),
          admins("getUser"),
          // What is held for a time is not enough for an account that holds something, too.
          admins("updateUser", ok, no),
          admins("deleteUser", ok, no)};
}

// Those of everything else.
std::vector<Row> other_rows() {
  return {open("listPosts"),
          open("getPost"),
          with_key("createPost"),
          owned("updatePost"),
          owned("deletePost"),
          open("listProducts"),
          open("getProduct"),
          permitted("createProduct"),
          permitted("updateProduct"),
          permitted("deleteProduct"),
          with_key("listOrders"),
          owned("getOrder"),
          with_key("createOrder"),
          owned("cancelOrder"),
          owned("payOrder"),
          {"refundOrder", no_one, expired, revoked, no, no, no, "order.not_refundable", "order.not_refundable", no,
           "order.not_refundable"},
          admins("generateExport"),
          admins_miss("getExport", "export.not_found"),
          admins("listRoles"),
          admins("createRole", no),
          admins("updateRole", no),
          admins("deleteRole", no),
          admins("listPermissions"),
          admins("setUserRole", no, no),
          admins("listGrants"),
          admins("createGrant", no, no),  // what is held for a time is not given on
          admins("getGrant"),
          admins("deleteGrant", no, no),
          admins("explainAccess"),
          admins("showOutbox"),
          signed_in("createRealtimeTicket"),
          open("followChannels", "request.invalid"),
          admins("listWebhookEndpoints"),
          admins("getWebhookEndpoint"),
          admins("createWebhookEndpoint"),
          admins("updateWebhookEndpoint"),
          admins("deleteWebhookEndpoint"),
          admins("rotateWebhookSecret"),
          admins("listWebhookDeliveries"),
          {"replayWebhookDelivery", no_one, expired, revoked, no, no, no, "webhook.delivery_not_found",
           "webhook.delivery_not_found", no, "webhook.delivery_not_found"},
          admins("listWebhookEvents"),
          admins("listKeptMails", no),
          admins("listAuditEntries"),
          admins("getAuditCheckpoint"),
          {"proveAuditEntry", no_one, expired, revoked, no, no, no, no_entry, no_entry, no, no_entry},
          admins("listMailSuppressions", no),
          {"deleteMailSuppression", no_one, expired, revoked, no, no, no, "mail.suppression_not_found", no, no,
           "mail.suppression_not_found"},
          signed_in("listNotifications"),
          signed_in("readNotification", "notification.not_found"),
          signed_in("readAllNotifications"),
          signed_in("getNotificationPreferences"),
          signed_in("updateNotificationPreferences"),
          admins("listJobs"),
          admins_miss("getJob", "job.not_found"),
          admins_miss("retryJob", "job.not_found"),
          admins_miss("cancelJob", "job.not_found"),
          admins("listQueues"),
          admins_miss("getQueue", "job.queue_not_found"),
          admins_miss("updateQueue", "job.queue_not_found")};
}

std::vector<Row> table() {
  auto out = account_rows();
  for (Row& row : other_rows()) out.push_back(std::move(row));
  return out;
}

// A backend with one resource of each kind, and every kind of caller.
struct World {
  World() {
    admin = backend.admin();
    owner = backend.person("owner");
    stranger = backend.person("stranger");
    clerk = backend.person_with("clerk", {"create:user", "create:product", "update:product", "delete:product"});
    early = backend.person("early");
    late = backend.person("late");
    granted = backend.person("granted");
    bad = backend.bad_tokens();
    product = made(admin, "/api/products", R"({"name": "Desk", "price": "10.00", "stock": 10})");
    post = made(owner, "/api/posts", R"({"title": "T", "content": "C", "published": true})");
    order = made(owner, "/api/orders", R"({"items": [{"productId": ")" + product + R"(", "quantity": 1}]})");
    user = backend.person("somebody").id;
    (void)made(admin, "/api/admin/roles", R"({"name": "editor", "permissions": []})");
    endpoint = made(admin, "/api/webhooks/endpoints", R"({"url": "https://example.com/hooks", "events": ["*"]})");
    grant = grant_to(user, "read:order", "2026-05-04T08:00:00Z", "2026-05-05T08:00:00Z");
    (void)grant_to(early.id, "*", "2026-05-04T08:30:00.001Z", "2026-05-05T08:00:00Z");
    (void)grant_to(late.id, "*", "2026-05-03T08:00:00Z", "2026-05-04T08:30:00.000Z");
    (void)grant_to(granted.id, "*", "2026-05-04T08:30:00.000Z", "2026-05-04T08:30:00.001Z");
    key = key_for("*");
    other_key = key_for("read:nothing");
  }
  std::string made(const Person& by, const std::string& path, const std::string& body) {
    const auto reply = backend.as(by, Method::post, path, body);
    if (reply.status != 201) throw std::runtime_error(path + ": " + reply.body);
    return reply.has("/data/id") ? reply.at("/data/id") : std::string();
  }
  std::string grant_to(const std::string& account, const std::string& permission, const std::string& from,
                       const std::string& until) {
    return made(admin, "/api/admin/users/" + account + "/grants",
                R"({"permission": ")" + permission + R"(", "from": ")" + from + R"(", "until": ")" + until +
                    R"(", "reason": "a test"})");
  }
  std::string key_for(const std::string& permission) {
    const auto reply = backend.as(admin, Method::post, "/api/auth/api-keys",
                                  R"({"name": "a key", "permissions": [")" + permission + R"("]})");
    if (reply.status != 201) throw std::runtime_error(reply.body);
    key_id = reply.at("/data/id");
    return reply.at("/data/key");
  }
  // What the path's parameter names.
  [[nodiscard]] std::string value_of(const std::string& path, const std::string& parameter) const {
    if (parameter == "grantId") return grant;
    if (parameter == "name") return "editor";
    if (parameter == "address") return "nobody@example.com";
    for (const auto& [part, id] : std::map<std::string, std::string>{{"/posts/", post},
                                                                     {"/products/", product},
                                                                     {"/orders/", order},
                                                                     {"/users/", user},
                                                                     {"/audit/", user},
                                                                     {"/jobs/", user},
                                                                     {"/sessions/", user},
                                                                     {"/api-keys/", key_id},
                                                                     {"/identities/", user},
                                                                     {"/passkeys/", user},
                                                                     {"/webhooks/endpoints/", endpoint},
                                                                     {"/webhooks/deliveries/", user},
                                                                     {"/exports/", user},
                                                                     {"/notifications/", user}})
      if (path.contains(part)) return id;
    return {};
  }

  TestBackend backend;
  Person admin, owner, stranger, clerk, early, late, granted;
  BadTokens bad;
  std::string product, post, order, user, grant, key, other_key, key_id, endpoint;
};

// A good input without its id; the examples of the API's description where the default does not do.
std::string input_of(const std::string& operation, const World& world) {
  if (operation == "createOrder") return R"({"items": [{"productId": ")" + world.product + R"(", "quantity": 1}]})";
  if (operation == "explainAccess") return R"({"userId": ")" + world.user + R"(", "permission": "read:order"})";
  static const std::map<std::string, std::string> inputs = {
      {"register", R"({"name": "New", "email": "new@example.com", "password": "a long password"})"},
      {"login", R"({"email": "owner@example.com", "password": "a wrong password"})"},
      {"enableMfa", R"({"code": "000000"})"},
      {"disableMfa", R"({"password": "a long password", "code": "000000"})"},
      {"renewRecoveryCodes", R"({"code": "000000"})"},
      {"verifyMfa", R"({"mfaToken": "mfa_made-up", "code": "000000"})"},
      {"verifyEmail", R"({"token": "wrong"})"},
      {"forgotPassword", R"({"email": "owner@example.com"})"},
      {"resetPassword", R"({"token": "wrong", "password": "another password"})"},
      {"changePassword", R"({"currentPassword": "a long password", "newPassword": "another password"})"},
      {"changeEmail", R"({"email": "else@example.com", "password": "a long password"})"},
      {"confirmEmail", R"({"token": "wrong"})"},
      {"deleteMe", R"({"password": "a long password"})"},
      {"stepUp", R"({"password": "a wrong password"})"},
      {"createUser", R"({"name": "New", "email": "new@example.com", "password": "a long password"})"},
      {"addPasskey", R"({"name": "Key"})"},
      {"loginWithPasskey", R"({"challengeId": "0193508e-7b2c-7000-8000-000000000001"})"},
      {"createPost", R"({"title": "T", "content": "C"})"},
      {"updatePost", R"({"title": "U"})"},
      {"createProduct", R"({"name": "Chair", "price": "5.00"})"},
      {"updateProduct", R"({"stock": 3})"},
      {"updateMe", R"({"name": "Else"})"},
      {"updateUser", R"({"name": "Else"})"},
      {"createApiKey", R"({"name": "mine", "permissions": ["read:order"]})"},
      {"updateQueue", R"({"paused": true})"},
      {"generateExport", R"({"type": "products", "format": "csv"})"},
      {"createRole", R"({"name": "writer", "permissions": []})"},
      {"updateRole", R"({"description": "Edits"})"},
      {"setUserRole", R"({"role": "user"})"},
      {"createWebhookEndpoint", R"({"url": "https://example.com/others", "events": ["order.*"]})"},
      {"updateWebhookEndpoint", R"({"description": "Another"})"},
      {"createGrant", R"({"permission": "read:order", "reason": "a test"})"}};
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

std::vector<std::string> parameters_of(const std::string& path) {
  std::vector<std::string> out;
  for (std::size_t at = path.find('{'); at != path.npos; at = path.find('{', at + 1))
    out.push_back(path.substr(at + 1, path.find('}', at) - at - 1));
  return out;
}

Outcome over_http(World& world, const web::Route& route, const std::string& token) {
  const std::string& name = route.endpoint.name;
  std::string path = route.path;
  for (const std::string& parameter : parameters_of(route.path))
    path.replace(path.find('{'), parameter.size() + 2, world.value_of(route.path, parameter));
  if (name == "explainAccess") path += "?userId=" + world.user + "&permission=read:order";
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
  for (const std::string& parameter : parameters_of(route.path)) {
    const std::string member = '"' + parameter + "\": \"" + world.value_of(route.path, parameter) + '"';
    json = json == "{}" ? "{" + member + "}" : "{" + member + ", " + json.substr(1);
  }
  const api::Client client(world.backend.application().app().api());
  const auto reply = async::run_to_end(world.backend.client().loop(), client.call(name, json, {.token = token}));
  return {.code = reply ? std::string(ok) : std::string(reply.error().code().name), .counted_as = {}, .counted = 0};
}

struct Caller {
  const char* who;
  const std::string Row::* outcome;
  std::string (*token)(const World&);
};
const std::vector<Caller> callers = {
    {"anonymous", &Row::anonymous, [](const World&) { return std::string(); }},
    {"expired", &Row::expired, [](const World& world) { return world.bad.expired; }},
    {"revoked", &Row::revoked, [](const World& world) { return world.bad.revoked; }},
    {"stranger", &Row::stranger, [](const World& world) { return world.stranger.token; }},
    {"owner", &Row::owner, [](const World& world) { return world.owner.token; }},
    {"clerk", &Row::clerk, [](const World& world) { return world.clerk.token; }},
    {"admin", &Row::admin, [](const World& world) { return world.admin.token; }},
    {"API key", &Row::key, [](const World& world) { return world.key; }},
    {"API key for something else", &Row::other_key, [](const World& world) { return world.other_key; }},
    {"grant", &Row::granted, [](const World& world) { return world.granted.token; }},
    {"grant, a millisecond early", &Row::stranger, [](const World& world) { return world.early.token; }},
    {"grant, at its end", &Row::stranger, [](const World& world) { return world.late.token; }}};

using Transport = Outcome (*)(World&, const web::Route&, const std::string&);

std::int64_t audit_entries_of(World& world) {
  std::int64_t out = -1;
  const auto read = world.backend.database().query_blocking(
      {.sql = "select count(*) from audit_entries", .on_row = [&out](const sql::Row& row) { out = row.integer(0); }});
  EXPECT_TRUE(read) << read.error().cause();
  return out;
}

// The outcomes of one operation, caller by caller. A call that may have changed something is followed by a new world.
std::map<std::string, Outcome> outcomes(Transport transport, const std::string& operation) {
  std::map<std::string, Outcome> out;
  std::unique_ptr<World> world;
  for (const auto& [who, expected, token] : callers) {
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
    const std::int64_t entries = audit_entries_of(*world);
    Outcome outcome = transport(*world, **route, token(*world));
    if (outcome.code != ok) EXPECT_EQ(audit_entries_of(*world), entries) << operation << " refused to " << who;
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

// A test for each row, so that processes can share them: a row makes some ten backends.
class EachOperation : public testing::TestWithParam<Row> {};

TEST_P(EachOperation, IsDecidedAlikeOverHttpAndInTheProcess) {
  const Row& row = GetParam();
  const auto http = outcomes(&over_http, row.operation);
  const auto process = outcomes(&in_process, row.operation);
  for (const auto& [who, expected, token] : callers) {
    SCOPED_TRACE(who);
    EXPECT_EQ(http.at(who).code, row.*expected);
    EXPECT_EQ(http.at(who), process.at(who));
    EXPECT_EQ(http.at(who).counted, 1U);
  }
}

INSTANTIATE_TEST_SUITE_P(Of, EachOperation, testing::ValuesIn(table()),
                         [](const auto& row) { return row.param.operation; });

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
