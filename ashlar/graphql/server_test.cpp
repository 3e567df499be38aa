// SPDX-License-Identifier: Apache-2.0
#include "ashlar/graphql/server.hpp"

#include "tests/support/graphql_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::graphql {
namespace {

using http::Method;
using test::Service;
using testing::HasSubstr;
using testing::Not;

constexpr const char* json = "application/json";
constexpr const char* response_json = "application/graphql-response+json";
const std::string emma = "01234567-89ab-7def-8123-000000000001";

web::TestReply send(Service& service, const std::string& body, const std::string& accept,
                    const std::string& type = json) {
  web::TestRequest request{.method = Method::post, .target = "/graphql", .headers = {}, .body = body};
  request.content_type = type;
  if (!accept.empty()) request.headers.emplace_back("Accept", accept);
  return service.send(request);
}

web::TestReply get(Service& service, const std::string& query, const std::string& accept = response_json) {
  return service.send(
      {.method = Method::get, .target = "/graphql" + query, .headers = {{"Accept", accept}}, .body = {}});
}

TEST(GraphqlServer, RefusesBodiesThatAreNoRequest) {
  Service service;
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                           "application/jsonx", "application/json; charset=latin1", "application/graphql"}) {
    const auto reply = send(service, R"({"query":"{ __typename }"})", json, type);
    EXPECT_EQ(reply.status, 415) << type;
    EXPECT_EQ(reply.at("/errors/0/extensions/code"), "graphql.malformed_request");
  }
  for (const char* body :
       {"{", "7", "[]", "{}", R"([{"query":"{ __typename }"}])", R"({"query":7})", R"({"query":null})",
        R"({"query":"{ __typename }","variables":[]})", R"({"query":"{ __typename }","variables":"{}"})",
        R"({"query":"{ __typename }","operationName":7})", R"({"query":"{ __typename }","extensions":[]})"}) {
    for (const char* accept : {json, response_json}) {
      const auto reply = send(service, body, accept);
      EXPECT_EQ(reply.status, 400) << body;
      EXPECT_EQ(reply.at("/errors/0/extensions/code"), "graphql.malformed_request") << body;
      EXPECT_FALSE(reply.has("/data"));
    }
  }
}

TEST(GraphqlServer, RefusesQueriesThatAreNoRequest) {
  Service service;
  for (const char* query :
       {"", "?", "?operationName=A", "?query=%7B__typename%7D&variables=%5B%5D", "?query=%7B__typename%7D&variables=x",
        "?query=%7B__typename%7D&extensions=7", "?query=%7B__typename%7D&query=%7B__typename%7D", "?query=%FF"}) {
    const auto reply = get(service, query);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(reply.header("Content-Type"), "application/graphql-response+json; charset=utf-8");
  }
}

TEST(GraphqlServer, ExecutesNoMutationByGet) {
  Service service;
  for (const char* accept : {json, response_json}) {
    const auto reply = get(service, "?query=mutation%7BremoveBooks%7Bdone%7D%7D", accept);
    EXPECT_EQ(reply.status, 405);
    EXPECT_EQ(reply.header("Allow"), "POST");
    EXPECT_EQ(reply.at("/errors/0/extensions/code"), "graphql.mutation_by_get");
  }
  const auto both = get(service, "?query=query+A%7B__typename%7Dmutation+B%7BremoveBooks%7Bdone%7D%7D&operationName=A");
  EXPECT_EQ(both.status, 200);
  EXPECT_EQ(both.at("/data/__typename"), "Query");
  EXPECT_EQ(service.send({.method = Method::put, .target = "/graphql", .headers = {}, .body = "{}"}).status, 405);
}

TEST(GraphqlServer, ChoosesStatusAndTypeByAccept) {
  struct Case {
    std::string accept;
    std::string type;
  };
  const std::vector<Case> cases = {{"", json},
                                   {"*/*", json},
                                   {"application/*", json},
                                   {"text/html", json},
                                   {json, json},
                                   {response_json, response_json},
                                   {"application/graphql-response+json, application/json;q=0.9", response_json},
                                   {"application/json;q=0.5 , Application/GraphQL-Response+JSON", response_json},
                                   {"application/graphql-response+json;q=0.1, application/json", json},
                                   {"application/graphql-response+json;q=0, application/json;q=0.1", json}};
  Service service;
  for (const Case& each : cases) {
    const auto well = send(service, R"({"query":"{ __typename }"})", each.accept);
    EXPECT_EQ(well.status, 200);
    EXPECT_EQ(well.header("Content-Type"), each.type + "; charset=utf-8") << each.accept;
    EXPECT_EQ(well.body, R"({"data":{"__typename":"Query"}})");
    for (const char* document : {"{", "{ nothing }", "query($a: Int!) { findBooks(limit: $a) { items { id } } }"}) {
      const auto refused = send(service, std::string(R"({"query":")") + document + R"("})", each.accept);
      EXPECT_EQ(refused.status, each.type == json ? 200 : 400) << document;
      EXPECT_FALSE(refused.has("/data"));
      EXPECT_TRUE(refused.has("/errors/0/locations/0/line"));
    }
  }
}

TEST(GraphqlServer, TakesNoCookies) {
  Service service;
  service.sign_in();
  web::TestRequest request{.method = Method::post,
                           .target = "/graphql",
                           .headers = {{"Cookie", "accessToken=" + service.token()}},
                           .body = R"({"query":"mutation { removeBooks { done } }"})"};
  EXPECT_EQ(service.send(request).at("/errors/0/extensions/code"), "auth.not_signed_in");
  request.headers = {{"Authorization", "bearer  " + service.token()}};
  EXPECT_EQ(service.send(request).at("/data/removeBooks/done"), "true");
  request.headers = {{"X-Access-Token", service.token()}};
  EXPECT_EQ(service.send(request).at("/data/removeBooks/done"), "true");
  request.headers = {{"Authorization", "Basic " + service.token()}};
  EXPECT_EQ(service.send(request).at("/errors/0/extensions/code"), "auth.token_invalid");
}

TEST(GraphqlServer, HidesTheSchemaUnlessAsked) {
  Service service;
  for (const char* query :
       {"{ __schema { types { name } } }", "{ ...F } fragment F on Query { __type(name: \"Book\") { name } }"}) {
    const auto reply = service.post(query);
    EXPECT_EQ(reply.status, 400);
    EXPECT_THAT(reply.body, HasSubstr("Introspection is off"));
  }
  Service open({.introspection = ServerOptions::Introspection::on});
  const auto reply = open.post(
      "{ __schema { queryType { name } mutationType { name } subscriptionType { name } directives { name } } "
      "__type(name: \"Book\") { kind name description fields { name type { kind name ofType { name } } } } "
      "none: __type(name: \"None\") { name } }");
  EXPECT_EQ(reply.at("/data/__schema/queryType/name"), "Query");
  EXPECT_EQ(reply.at("/data/__schema/mutationType/name"), "Mutation");
  EXPECT_EQ(reply.at("/data/__schema/subscriptionType"), "null");
  EXPECT_EQ(reply.at("/data/__schema/directives/0/name"), "include");
  EXPECT_EQ(reply.at("/data/__type/kind"), "OBJECT");
  EXPECT_EQ(reply.at("/data/__type/description"), "A book with \"quotes\".");
  EXPECT_EQ(reply.at("/data/__type/fields/0/type/kind"), "NON_NULL");
  EXPECT_EQ(reply.at("/data/__type/fields/0/type/ofType/name"), "UUID");
  EXPECT_EQ(reply.at("/data/none"), "null");
}

TEST(GraphqlServer, RefusesWrongVariables) {
  Service service;
  struct Case {
    std::string definition;
    std::string variables;
    std::string why;
  };
  const std::string use = ") { addBook(title: \"a\", editors: $a) { __typename } }";
  const std::vector<Case> cases = {
      {"$a: [AuthorInput!]!", "{}", "is required"},
      {"$a: [AuthorInput!]!", R"({"a":null})", "must not be null"},
      {"$a: [AuthorInput!]!", R"({"a":[null]})", "at /0 must not be null"},
      {"$a: [AuthorInput!]!", R"({"a":[7]})", "at /0 must be an object of AuthorInput"},
      {"$a: [AuthorInput!]!", R"({"a":[{}]})", "at /0 needs the field name"},
      {"$a: [AuthorInput!]!", R"({"a":[{"name":7}]})", "at /0/name is no String"},
      {"$a: [AuthorInput!]!", R"({"a":[{"name":"a","age":1.5}]})", "at /0/age is no Int"},
      {"$a: [AuthorInput!]!", R"({"a":[{"name":"a","age":"1"}]})", "at /0/age is no Int"},
      {"$a: [AuthorInput!]!", R"({"a":[{"name":"a","more":1}]})", "has a field that AuthorInput does not have"}};
  for (const Case& each : cases) {
    const auto reply = service.post("mutation(" + each.definition + use, each.variables);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.at("/errors/0/extensions/code"), "graphql.variables_invalid");
    EXPECT_THAT(reply.at("/errors/0/message"), HasSubstr(each.why)) << each.variables;
  }
  const auto choice = [&](const std::string& payment) {
    return service.post(
        "mutation($p: CardOrTransferInput!) { buy(price: 1, payment: $p) { ... on Receipt { paidWith } } }",
        R"({"p":)" + payment + "}");
  };
  for (const char* payment : {"{}", R"({"card":null})", R"({"card":{"number":"1"},"transfer":{"account":"1"}})"})
    EXPECT_THAT(choice(payment).at("/errors/0/message"), HasSubstr("exactly one field")) << payment;
  EXPECT_EQ(choice(R"({"transfer":{"account":"1"}})").at("/data/buy/paidWith"), "transfer");
}

TEST(GraphqlServer, RefusesWhatCostsTooMuch) {
  const std::string page = "findBooks(limit: 100) { items { id title copies genre } }";
  Service cheap({.complexity = {.cost_max = 500}});
  const auto refused = cheap.post("{ " + page + " }");
  EXPECT_EQ(refused.at("/errors/0/extensions/code"), "graphql.limit_exceeded");
  EXPECT_THAT(refused.at("/errors/0/message"), HasSubstr("The operation costs 502"));
  EXPECT_TRUE(cheap.post("{ findBooks(limit: 5) { items { id title copies genre } } }").has("/data"));
  EXPECT_FALSE(
      cheap.post("query($n: Int!) { findBooks(limit: $n) { items { id title copies genre } } }", R"({"n":100})")
          .has("/data"));
  Service few({.complexity = {.calls_max = 2}});
  EXPECT_TRUE(few.post("{ a: echo { text } b: echo { text } }").has("/data"));
  EXPECT_THAT(few.post("{ a: echo { text } b: echo { text } c: echo { text } }").at("/errors/0/message"),
              HasSubstr("at most 2 operations"));
}

TEST(GraphqlServer, AnswersQueries) {
  Service service;
  const auto found = service.post(
      "query($g: Genre) { all: findBooks { items { title } pagination { page limit total pages totalIsExact next } } "
      "poems: findBooks(genre: $g) { __typename items { ...B editors { name } } } } "
      "fragment B on Book { id copies genre author { name age } }",
      R"({"g":"poem"})");
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(found.at("/data/all/items"), R"([{"title":"Emma"},{"title":"Odes"}])");
  EXPECT_EQ(found.at("/data/all/pagination"),
            R"({"page":1,"limit":20,"total":2,"pages":1,"totalIsExact":true,"next":null})");
  EXPECT_EQ(found.at("/data/poems"),
            R"({"__typename":"BookPage","items":[{"id":"01234567-89ab-7def-8123-000000000002",)"
            R"("copies":9007199254740993,"genre":"poem","author":null,"editors":[{"name":"Eve"},{"name":"Max"}]}]})");
  EXPECT_EQ(service.post("{ findBooks { items { author { age: age name } } } }").at("/data/findBooks/items/0"),
            R"({"author":{"age":41,"name":"Jane"}})");
}

TEST(GraphqlServer, MergesAndLeavesOut) {
  Service service;
  EXPECT_EQ(service
                .post("query($yes: Boolean!) { echo(text: \"a\") { text @skip(if: $yes) number @include(if: false) } "
                      "echo(text: \"a\") { t: text ... @include(if: $yes) { boolean } } }",
                      R"({"yes":true})")
                .body,
            R"({"data":{"echo":{"t":"a","boolean":null}}})");
}

TEST(GraphqlServer, PassesValuesAsTheyAre) {
  Service service;
  EXPECT_EQ(
      service
          .post(
              R"({ echo(boolean: true, number: -1.5e3, small: -5, text: """a "b" \n""") { boolean number small text } })")
          .at("/data/echo"),
      R"({"boolean":true,"number":-1500,"small":-5,"text":"a \"b\" \\n"})");
  EXPECT_EQ(
      service
          .post("query($b: Boolean, $n: Float, $s: Int, $t: String = \"d\") { echo(boolean: $b, number: $n, small: $s, "
                "text: $t) { boolean number small text } }",
                R"({"n":2,"s":3.0})")
          .at("/data/echo"),
      R"({"boolean":null,"number":2,"small":3,"text":"d"})");
  service.sign_in({"create:book"});
  const auto added = service.post(
      "mutation($c: Long) { addBook(title: \"a\", copies: $c, editors: {name: \"E\"}, author: {name: \"A\"}) "
      "{ ... on Book { copies editors { name } author { name age } } } }",
      R"({"c":"9223372036854775807"})");
  EXPECT_EQ(added.at("/data/addBook"),
            R"({"copies":9223372036854775807,"editors":[{"name":"E"}],"author":{"name":"A","age":null}})");
}

TEST(GraphqlServer, ReadsAndWritesChoices) {
  Service service;
  const auto bought = service.post(
      "mutation($n: String) { buy(price: \"2.50\", payment: {card: {number: \"7\"}}, notes: {a: [1, null, {b: $n}]}) "
      "{ __typename ... on Receipt { paidWith price notes payment { __typename ... on Card { number } } } } "
      "free: buy(price: 0, payment: {transfer: {account: \"7\"}}) { __typename ... on Refused { reason } } }",
      R"({"n":"x"})");
  EXPECT_EQ(bought.at("/data/buy"),
            R"({"__typename":"Receipt","paidWith":"card","price":"2.50","notes":{"a":[1,null,{"b":"x"}]},)"
            R"("payment":{"__typename":"Card","number":"7"}})");
  EXPECT_EQ(bought.at("/data/free"), R"({"__typename":"Refused","reason":"for nothing"})");
}

TEST(GraphqlServer, ReturnsDeclaredErrorsAsValues) {
  Service service;
  const std::string query =
      "query($id: UUID!) { getBook(id: $id) { __typename ... on Book { title } ... on Error { code message "
      "faults { path } retryAfterSeconds } } }";
  const auto missing = service.post(query, R"({"id":"01234567-89ab-7def-8123-000000000002"})");
  EXPECT_EQ(missing.body, R"({"data":{"getBook":{"__typename":"BookNotFoundError","code":"book.not_found",)"
                          R"("message":"There is no such book.","faults":[],"retryAfterSeconds":null}}})");
  EXPECT_EQ(service.post(query, R"({"id":")" + emma + R"("})").at("/data/getBook"),
            R"({"__typename":"Book","title":"Emma"})");
  const auto other = service.post(query, R"({"id":"01234567-89ab-7def-8123-000000000009"})");
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(other.at("/data/getBook"), "null");
  EXPECT_EQ(other.at("/errors/0/extensions/code"), "server.overloaded");
  EXPECT_EQ(other.at("/errors/0/path"), R"(["getBook"])");
  EXPECT_EQ(other.at("/errors/0/locations"), R"([{"line":1,"column":21}])");
}

TEST(GraphqlServer, CallsOperationsWithTheirGuards) {
  Service service;
  const std::string add =
      "mutation { a: addBook(title: \"X\", editors: []) { ... on Book { title } ... on BookTakenError { code } } "
      "b: addBook(title: \"Emma\", editors: []) { ... on Book { title } ... on BookTakenError { code } } }";
  EXPECT_EQ(service.post(add).at("/errors/1/extensions/code"), "auth.not_signed_in");
  service.sign_in();
  const auto refused = service.post(add);
  EXPECT_EQ(refused.at("/errors/0/extensions/code"), "auth.forbidden");
  EXPECT_EQ(refused.at("/data"), R"({"a":null,"b":null})");
  service.sign_in({"create:book"});
  EXPECT_EQ(service.post(add).body, R"({"data":{"a":{"title":"X"},"b":{"code":"book.taken"}}})");
}

TEST(GraphqlServer, SaysWhatIsWrongWithArguments) {
  Service service;
  service.sign_in({"create:book"});
  const auto reply = service.post(
      R"(mutation { addBook(title: "", editors: [{name: ""}, {name: "a", age: 200}]) { __typename } ok: removeBooks { done } })");
  EXPECT_EQ(reply.at("/data"), R"({"addBook":null,"ok":{"done":true}})");
  EXPECT_EQ(reply.at("/errors/0/extensions/code"), "request.invalid");
  EXPECT_THAT(reply.at("/errors/0/extensions/faults"), HasSubstr(R"("path":"/editors/1/age","code":"too_large")"));
  EXPECT_THAT(reply.at("/errors/0/extensions/faults"), HasSubstr(R"("path":"/title")"));
  const auto null = service.post("query($n: Int) { findBooks(limit: $n) { items { id } } }", R"({"n":null})");
  EXPECT_EQ(null.at("/errors/0/extensions/code"), "graphql.variables_invalid");
  EXPECT_EQ(null.at("/data"), R"({"findBooks":null})");
}

TEST(GraphqlServer, SelectsTheOperation) {
  Service service;
  const auto named = [&](const std::string& name) {
    return send(service,
                R"({"query":"query A { a: __typename } query B { b: __typename }","operationName":)" + name + "}",
                response_json);
  };
  EXPECT_EQ(named("\"B\"").body, R"({"data":{"b":"Query"}})");
  for (const char* name : {"\"C\"", "\"\"", "null"}) {
    EXPECT_EQ(named(name).status, 400);
    EXPECT_EQ(named(name).at("/errors/0/extensions/code"), "graphql.operation_unknown");
  }
}

TEST(GraphqlServer, PrintsItsTypes) {
  const std::string sdl = Service().types().sdl();
  for (const char* part :
       {"scalar UUID @specifiedBy(url: \"https://www.rfc-editor.org/rfc/rfc9562\")", "scalar Long\n",
        "enum Genre {\n  novel\n  poem\n}",
        "\"A book with \\\"quotes\\\".\"\ntype Book {\n  id: UUID!\n  title: String!\n  copies: Long!\n  genre: "
        "Genre!\n  "
        "author: Author\n  editors: [Author!]!\n}",
        "input CardOrTransferInput @oneOf {\n  card: CardInput\n  transfer: TransferInput\n}",
        "union GetBookResult = Book | BookNotFoundError", "union BuyResult = Receipt | Refused | BookNotFoundError",
        "type BookTakenError implements Error {", "type BookPage {\n  items: [Book!]!\n  pagination: Pagination!\n}",
        "  \"Find books.\"\n  findBooks(\n    \"1 to 100.\"\n    limit: Int! = 20\n", "  removeBooks: Done\n",
        "    idempotencyKey: String\n", "    price: Decimal!\n"})
    EXPECT_THAT(sdl, HasSubstr(part));
  for (const char* part : {"__Schema", "scalar Int", "Subscription", "graphql("})
    EXPECT_THAT(sdl, Not(HasSubstr(part)));
}

}  // namespace
}  // namespace ashlar::graphql
