// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/input_binding.hpp"

#include "ashlar/schema/json.hpp"
#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::web {
namespace {

using detail::TestApp;
using http::Method;

enum class Colour { red, green };
ASHLAR_DESCRIBE_ENUM(Colour, red, green)

struct Search {
  std::string shelf;
  std::optional<Text<2, 10>> search;
  std::optional<Int<0, 150>> min_age;
  std::optional<Int<0, 150>> max_age;
  std::optional<bool> mine;
  std::optional<Colour> colour;
  std::vector<Int<0, 9>> tags;
  Defaulted<Int<1, 100>, 20> limit;
  void refine(schema::Refinement& out) const {
    if (min_age && max_age && *min_age > *max_age) out.fault("min_age", "range", "must not be above maxAge");
    if (shelf == "cursed") out.fault("shelf", "cursed", "must be another");
  }
};
ASHLAR_DESCRIBE(Search, shelf, search, min_age, max_age, mine, colour, tags, limit)

struct Needed {
  Int<1, 9> count;
  Array<Text<1, 5>, 2, 3> names;
};
ASHLAR_DESCRIBE(Needed, count, names)

struct Change {
  Uuid id;
  Text<1, 5> name;
  std::optional<Int<0, 9>> stock;
  void refine(schema::Refinement& out) const {
    if (id.is_nil()) out.fault("id", "nil", "must not be nil");
    if (name == Text<1, 5>::of("bad")) out.fault("name", "bad", "must be good");
  }
};
ASHLAR_DESCRIBE(Change, id, name, stock)

struct Touch {
  Uuid id;
  std::optional<std::string> note;
};
ASHLAR_DESCRIBE(Touch, id, note)

struct Told {
  std::string text;
};
ASHLAR_DESCRIBE(Told, text)

Result<Told> search(api::Call&, Search in) { return Told{schema::to_json(in)}; }
Result<Told> need(api::Call&, Needed in) { return Told{schema::to_json(in)}; }
Result<Told> change(api::Call&, Change in) { return Told{schema::to_json(in)}; }
Result<Told> touch(api::Call&, Touch in) { return Told{schema::to_json(in)}; }
Result<Told> nothing(api::Call&) { return Told{"done"}; }

constexpr std::string_view id = "01234567-89ab-7def-8123-456789abcdef";
const std::string thing = "/things/" + std::string(id);

void mount(Routes& routes) {
  routes.get("/shelves/{shelf}", search).open();
  routes.get("/needed", need).open();
  routes.put("/things/{id}", change).open();
  routes.post("/things/{id}/touch", touch).open();
  routes.post("/nothing", nothing).open();
  routes.remove("/nothing", nothing).open();
  routes.post("/small/{id}", change).open().body_bytes_max(30);
}

// "path code, path code": every fault of an answer.
std::string faults_of(const TestReply& reply) {
  std::string out;
  for (int i = 0; reply.has("/errors/" + std::to_string(i)); ++i) {
    const std::string fault = "/errors/" + std::to_string(i);
    if (!out.empty()) out += ", ";
    out += reply.at(fault + "/path") + ' ' + reply.at(fault + "/code");
    EXPECT_FALSE(reply.at(fault + "/message").empty());
  }
  return out;
}

TEST(Input, RefusesQueriesThatBreakTheSchemaWithAllFaults) {
  TestApp app(mount);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"?nope=1", "nope unknown_member"},
      {"?minage=1", "minage unknown_member"},
      {"?min_age=1", "min_age unknown_member"},
      {"?=1", " unknown_member"},
      {"?shelf=x", "shelf unknown_member"},  // it comes from the path
      {"?minAge=12abc", "minAge type"},
      {"?minAge=", "minAge type"},
      {"?minAge=+1", "minAge type"},
      {"?minAge=%2B1", "minAge type"},
      {"?minAge=1e1", "minAge type"},
      {"?minAge=007", "minAge type"},
      {"?minAge=151", "minAge too_large"},
      {"?minAge=99999999999999999999", "minAge too_large"},
      {"?minAge=1&minAge=2", "minAge duplicate_member"},
      {"?mine=1", "mine type"},
      {"?mine=TRUE", "mine type"},
      {"?colour=blue", "colour one_of"},
      {"?search=a", "search too_short"},
      {"?limit=0", "limit too_small"},
      {"?tags=1&tags=x&tags=2", "tags type"},
      {"?minAge=9&maxAge=3", "minAge range"},
      {"?nope=1&minAge=x&mine=2&limit=0", "nope unknown_member, minAge type, mine type, limit too_small"},
  };
  for (const auto& [query, faults] : cases) {
    const auto reply = app->get("/shelves/a" + query);
    EXPECT_EQ(reply.status, 422) << query;
    EXPECT_EQ(faults_of(reply), faults) << query;
  }
  EXPECT_EQ(faults_of(app->get("/shelves/cursed")), "shelf cursed");
  EXPECT_EQ(faults_of(app->get("/needed?count=0")), "count too_small, names required");
  EXPECT_EQ(faults_of(app->get("/needed?count=1&names=a")), "names too_few_items");
}

TEST(Input, RefusesQueriesThatCannotBeRead) {
  TestApp app(mount);
  for (const std::string query :
       {"?search=%", "?search=%4", "?search=%zz", "?search=%ff", "?search=%00", "?%ff=1", "?x=%c0%af"}) {
    const auto reply = app->get("/shelves/a" + query);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(reply.at("/code"), "request.malformed_query") << query;
  }
  EXPECT_EQ(app->get("/shelves/%e9").at("/code"), "request.malformed_path");
}

TEST(Input, ReadsPathAndQueryIntoOneStruct) {
  TestApp app(mount);
  EXPECT_EQ(app->get("/shelves/a%2Fb+c?search=x+y%26z&minAge=3&mine=true&colour=green&tags=1&tags=2&").at("/data/text"),
            R"({"shelf":"a/b+c","search":"x y&z","minAge":3,"mine":true,"colour":"green","tags":[1,2],"limit":20})");
  EXPECT_EQ(app->get("/needed?count=1&names=a&names=b").at("/data/text"), R"({"count":1,"names":["a","b"]})");
}

TEST(Input, RefusesBodiesThatAreNotAnnouncedAsJson) {
  TestApp app(mount);
  for (const std::string type :
       {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp",
        "application/+json", "text/json", "json", "application/json; charset=latin1", "application/json, text/plain",
        "application/json; v=1; charset=latin1", "application/json; charset", "application/json; =x",
        "application/json; charset=\"utf-8"}) {
    const auto reply = app->send({Method::put, thing, {}, R"({"name":"a"})", type});
    EXPECT_EQ(reply.status, 415) << type;
    EXPECT_EQ(reply.at("/code"), "request.unsupported_media_type");
  }
  EXPECT_EQ(app->send({Method::put, thing, {}, R"({"name":"a"})", ""}).status, 415) << "no Content-Type at all";
  EXPECT_EQ(
      app->send(
             {Method::put, thing, {{"Content-Type", "application/json"}, {"content-type", "application/json"}}, "{}"})
          .status,
      415);
  for (const std::string type :
       {"application/json", "Application/JSON", "application/merge-patch+json", "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"", "application/json;", "application/json ; ; charset=utf-8 ;",
        "application/json; charset=utf-8; v=1", "application/json; profile=\"a;b\""})
    EXPECT_EQ(app->send({Method::put, thing, {}, R"({"name":"a"})", type}).status, 200) << type;
}

TEST(Input, RefusesContentCodings) {
  TestApp app(mount);
  for (const std::string coding : {"gzip", "br", "identity, gzip", "foo", "x"}) {
    const auto reply = app->send({Method::put, thing, {{"Content-Encoding", coding}}, R"({"name":"a"})"});
    EXPECT_EQ(reply.status, 415) << coding;
    EXPECT_EQ(reply.at("/code"), "request.unsupported_content_coding");
    EXPECT_EQ(reply.header("Accept-Encoding"), "identity");
  }
  for (const std::string coding : {"", "identity", "Identity"}) {
    const auto reply = app->send({Method::put, thing, {{"Content-Encoding", coding}}, R"({"name":"a"})"});
    EXPECT_EQ(reply.status, 200) << coding;
    EXPECT_EQ(reply.header("Accept-Encoding"), "");
  }
  EXPECT_EQ(app->send({Method::put, thing, {{"Content-Encoding", ""}, {"Content-Encoding", "gzip"}}, "{}"}).status,
            415);
}

TEST(Input, RefusesBodiesThatAreNoJson) {
  TestApp app(mount);
  for (const std::string body :
       {"{", "{\"name\":}", "nul", "{\"name\":\"a\"}x", "{\"name\":\"\xff\"}", "{\"name\":\"\\ud800\"}", " ", "[1,]"}) {
    const auto reply = app->send({Method::put, thing, {}, body});
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(reply.at("/code"), "request.malformed_json") << body;
  }
  const auto empty = app->send({Method::put, thing, {}, ""});
  EXPECT_EQ(empty.status, 400);
  EXPECT_EQ(empty.at("/code"), "request.malformed_json");
  EXPECT_EQ(app->send({Method::put, thing, {}, std::string(40, '[') + std::string(40, ']')}).status, 400) << "too deep";
}

TEST(Input, RefusesBodiesThatBreakTheSchemaTogetherWithThePathAndTheQuery) {
  TestApp app(mount);
  const std::vector<std::array<std::string, 3>> cases = {
      {thing, "{}", "/name required"},
      {thing, "[]", " type"},
      {thing, R"({"name":1})", "/name type"},
      {thing, R"({"name":null})", "/name null"},
      {thing, R"({"name":"abcdef"})", "/name too_long"},
      {thing, R"({"name":"a","x":1})", "/x unknown_member"},
      {thing, R"({"name":"a","name":"b"})", "/name duplicate_member"},
      {thing, R"({"id":"01234567-89ab-7def-8123-456789abcdef","name":"a"})", "/id unknown_member"},
      {thing, R"({"name":"bad"})", "/name bad"},
      {thing + "?stock=1", R"({"name":"a"})", "stock unknown_member"},
      {"/things/12?a=1", R"({"name":1,"x":1})", "id uuid, a unknown_member, /name type, /x unknown_member"},
      {"/things/00000000-0000-0000-0000-000000000000", R"({"name":"bad"})", "id nil, /name bad"},
  };
  for (const auto& [target, body, faults] : cases) {
    const auto reply = app->send({Method::put, target, {}, body});
    EXPECT_EQ(reply.status, 422) << target << ' ' << body;
    EXPECT_EQ(faults_of(reply), faults) << body;
  }
}

TEST(Input, RefusesBodiesOverTheRoutesLimit) {
  TestApp app(mount);
  const auto reply = app->post("/small/" + std::string(id), R"({"name":"a", "stock":              1})");
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.at("/code"), "request.body_too_large");
  EXPECT_EQ(app->post("/small/" + std::string(id), R"({"name":"a"})").status, 200);
}

TEST(Input, RefusesABodyWhereTheInputIsNotInOne) {
  TestApp app(mount);
  EXPECT_EQ(app->send({Method::get, "/shelves/a", {}, "{}"}).at("/code"), "request.body_not_expected");
  EXPECT_EQ(app->send({Method::remove, "/nothing", {}, "{}"}).status, 400);
  EXPECT_EQ(app->remove("/nothing").status, 200);
}

TEST(Input, TakesNoBodyForAnEmptyOneWhereNothingMustBeInIt) {
  TestApp app(mount);
  for (const std::string body : {"", "{}"}) {
    EXPECT_EQ(app->post("/nothing", body).status, 200);
    EXPECT_EQ(app->post(thing + "/touch", body).status, 200);
  }
  EXPECT_EQ(app->post(thing + "/touch", R"({"note":"n"})").at("/data/text"),
            R"({"id":")" + std::string(id) + R"(","note":"n"})");
  EXPECT_EQ(faults_of(app->post("/nothing", R"({"x":1})")), "/x unknown_member");
  EXPECT_EQ(app->post("/nothing", "[").status, 400);
}

}  // namespace
}  // namespace ashlar::web
