// SPDX-License-Identifier: Apache-2.0
// The backend's operations as fields of GraphQL.
#include "ashlar/schema/json.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::test {
namespace {

using http::Method;
using testing::HasSubstr;

std::string json_text(std::string_view text) {
  std::string out;
  schema::write_json_string(text, out);
  return out;
}

class Graphql : public testing::Test {
 protected:
  web::TestReply send(const std::string& query, const std::string& token = {}, const std::string& variables = "{}",
                      const std::string& key = {}) {
    web::TestRequest request{.method = Method::post,
                             .target = "/graphql",
                             .headers = {{"Accept", "application/graphql-response+json"}},
                             .body = R"({"query":)" + json_text(query) + R"(,"variables":)" + variables + "}"};
    if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
    if (!key.empty()) request.headers.emplace_back("Idempotency-Key", key);
    return backend.client().send(request);
  }
  static std::string code(const web::TestReply& reply) { return reply.at("/errors/0/extensions/code"); }

  std::string product(const std::string& name, int stock) {
    const auto made = send("mutation($s: Int!) { createProduct(name: \"" + name +
                               "\", price: 12.5, stock: $s) { ... on Product { id price } } }",
                           backend.admin().token, R"({"s":)" + std::to_string(stock) + "}");
    EXPECT_EQ(made.at("/data/createProduct/price"), "12.50") << made.body;
    return made.at("/data/createProduct/id");
  }

  TestBackend backend;
};

const std::string order =
    "mutation($id: UUID!, $n: Int!, $key: String) { createOrder(items: {productId: $id, quantity: $n}, idempotencyKey: "
    "$key) "
    "{ __typename ... on Order { id total status } ... on Error { code message } } }";

TEST_F(Graphql, RefusesWhatRestRefuses) {
  const Person ada = backend.person("ada");
  const Person bob = backend.person("bob");
  const std::string create = "mutation { createPost(title: \"T\", content: \"C\") { id } }";
  EXPECT_EQ(code(send(create)), "auth.not_signed_in");
  EXPECT_EQ(code(send(create, "nonsense")), "auth.token_invalid");
  EXPECT_EQ(code(send("{ listUsers { ... on UserPage { items { id } } } }", ada.token)), "auth.forbidden");
  const auto post = send("mutation { createPost(title: \"T\", content: \"C\", published: true) { id } }", ada.token);
  const std::string id = R"({"id":")" + post.at("/data/createPost/id") + R"("})";
  const std::string update = "mutation($id: UUID!) { updatePost(id: $id, title: \"U\") { ... on Post { title } } }";
  const auto others = send(update, bob.token, id);
  EXPECT_EQ(code(others), "auth.forbidden");
  EXPECT_EQ(others.at("/data/updatePost"), "null");
  EXPECT_EQ(send(update, ada.token, id).at("/data/updatePost/title"), "U");
  const auto invalid = send("mutation { createPost(title: \"\", content: \"\") { id } }", ada.token);
  EXPECT_EQ(code(invalid), "request.invalid");
  EXPECT_THAT(invalid.at("/errors/0/extensions/faults"), HasSubstr("/title"));
  EXPECT_THAT(invalid.at("/errors/0/extensions/faults"), HasSubstr("/content"));
}

TEST_F(Graphql, AnswersWithValuesAndDeclaredErrors) {
  const std::string id = product("Cup", 3);
  const std::string one =
      "query($id: UUID!) { getProduct(id: $id) { __typename ... on Product { name price stock tags } ... on Error { "
      "code } } }";
  EXPECT_EQ(send(one, {}, R"({"id":")" + id + R"("})").at("/data/getProduct"),
            R"({"__typename":"Product","name":"Cup","price":"12.50","stock":3,"tags":[]})");
  EXPECT_EQ(send(one, {}, R"({"id":"01234567-89ab-7def-8123-456789abcdef"})").at("/data/getProduct/code"),
            "product.not_found");

  const Person ada = backend.person("ada");
  const auto ordered = send(order, ada.token, R"({"id":")" + id + R"(","n":2})");
  EXPECT_EQ(ordered.at("/data/createOrder/total"), "25.00") << ordered.body;
  const auto conflict = send(order, ada.token, R"({"id":")" + id + R"(","n":2})");
  EXPECT_EQ(conflict.status, 200);
  EXPECT_EQ(conflict.at("/data/createOrder/__typename"), "OrderOutOfStockError");
  EXPECT_EQ(conflict.at("/data/createOrder/code"), "order.out_of_stock");
  EXPECT_FALSE(conflict.has("/errors"));
  const auto both = send(
      "{ listProducts { ... on ProductPage { items { stock } } } "
      "listOrders { ... on OrderPage { items { total } pagination { total } } } }",
      ada.token);
  EXPECT_EQ(both.at("/data"), R"({"listProducts":{"items":[{"stock":1}]},)"
                              R"("listOrders":{"items":[{"total":"25.00"}],"pagination":{"total":1}}})");
}

TEST_F(Graphql, ExecutesACallOnceUnderItsKey) {
  const std::string id = product("Cup", 3);
  const Person ada = backend.person("ada");
  const std::string input = R"({"id":")" + id + R"(","n":1,"key":"k1"})";
  const auto first = send(order, ada.token, input);
  EXPECT_EQ(send(order, ada.token, input).at("/data/createOrder/id"), first.at("/data/createOrder/id"));
  EXPECT_EQ(send(order, ada.token, R"({"id":")" + id + R"(","n":1})", "k1").at("/data/createOrder/id"),
            first.at("/data/createOrder/id"))
      << "the header is the key of the only field that takes one";
  EXPECT_EQ(send(order, ada.token, R"({"id":")" + id + R"(","n":2,"key":"k1"})").at("/data/createOrder/code"),
            "idempotency.mismatch");
}

TEST_F(Graphql, LeavesAnAuditEntry) {
  const Person ada = backend.person("ada");
  const auto made = send("mutation { createPost(title: \"T\", content: \"C\") { id } }", ada.token);
  const auto trail = backend.as(backend.admin(), Method::get,
                                "/api/admin/audit?resource=post&resourceId=" + made.at("/data/createPost/id"));
  EXPECT_EQ(trail.at("/data/0/action"), "create");
  EXPECT_EQ(trail.at("/data/0/actor/id"), ada.id);
}

TEST_F(Graphql, SignsIn) {
  const Person ada = backend.person("ada");
  const std::string sign_in =
      "mutation($p: String!) { login(email: \"ada@example.com\", password: $p) { __typename ... on SignedIn "
      "{ accessToken user { email role } } ... on Error { code } } }";
  const auto reply = send(sign_in, {}, std::string(R"({"p":")") + TestBackend::password + R"("})");
  EXPECT_EQ(reply.at("/data/login/user"), R"({"email":"ada@example.com","role":"user"})") << reply.body;
  EXPECT_EQ(send("{ me { id } }", reply.at("/data/login/accessToken")).at("/data/me/id"), ada.id);
  EXPECT_EQ(send(sign_in, {}, R"({"p":"another password"})").at("/data/login/code"), "auth.invalid_credentials");
}

// A new operation is a field without another line.
TEST_F(Graphql, HasAFieldForEachOperation) {
  const graphql::TypeSystem& types = backend.application().graphql_types();
  for (const api::PreparedEndpoint& prepared : backend.application().app().api().endpoints()) {
    const api::Endpoint& endpoint = *prepared.endpoint;
    if (!endpoint.operation->transport().empty() || endpoint.operation->reply().streams()) continue;
    const bool reads = endpoint.effect == api::Endpoint::Effect::reads;
    EXPECT_NE((reads ? types.query() : *types.mutation()).field(endpoint.name), nullptr) << endpoint.name;
  }
}

TEST(GraphqlSettings, DecideWhatIsServed) {
  using backend::Settings;
  const std::string schema = R"({"query":"{ __schema { queryType { name } } }"})";
  TestBackend off([](Settings& settings) { settings.graphql = Settings::Graphql::off; });
  EXPECT_EQ(off.client().post("/graphql", schema).status, 404);
  TestBackend hidden([](Settings& settings) { settings.graphql_introspection = Settings::GraphqlIntrospection::off; });
  EXPECT_THAT(hidden.client().post("/graphql", schema).body, HasSubstr("Introspection is off"));
  TestBackend shown([](Settings& settings) { settings.graphql_introspection = Settings::GraphqlIntrospection::on; });
  EXPECT_EQ(shown.client().post("/graphql", schema).at("/data/__schema/queryType/name"), "Query");
}

}  // namespace
}  // namespace ashlar::test
