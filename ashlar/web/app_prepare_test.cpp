// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar::web {
namespace {

using testing::HasSubstr;

struct Thing {
  Uuid id;
};
ASHLAR_DESCRIBE(Thing, id)
struct Named {
  std::string id;
  std::vector<std::string> tags;
};
ASHLAR_DESCRIBE(Named, id, tags)
struct Nested {
  Thing thing;
};
ASHLAR_DESCRIBE(Nested, thing)

Result<Thing> get_thing(api::Call&, Thing in) { return in; }
Result<Thing> get_named(api::Call&, Named) { return Thing{}; }
Result<Thing> get_nested(api::Call&, Nested) { return Thing{}; }
Result<Thing> nothing(api::Call&) { return Thing{}; }
Result<Thing> mine(api::UserCall&) { return Thing{}; }
Task<Result<Uuid>> owner_of(api::Call&, Uuid id) { co_return id; }

// What the App says of a table; empty when it takes it.
template <class Mount>
std::string faults_of(Mount mount) {
  try {
    detail::TestApp app(mount);
    return {};
  } catch (const std::logic_error& error) {
    return error.what();
  }
}

TEST(RouteTable, IsRefusedAtStartWithTheLineAndWhatToDo) {
  const auto has = [](const char* words, auto mount) { EXPECT_THAT(faults_of(mount), HasSubstr(words)); };
  has("GET /x has no guard; declare who may call it: .open()", [](Routes& r) { r.get("/x", nothing); });
  has("GET /raw has no guard", [](Routes& r) { r.raw(http::Method::get, "/raw", {}); });
  has("GET /x is .open() and has another guard", [](Routes& r) { r.get("/x", nothing).open().signed_in(); });
  has("GET /x has a guard that needs two owners",
      [](Routes& r) { r.get("/x", nothing).owner(owner_of).owner(owner_of); });
  has("GET /x has a guard that combines no guards", [](Routes& r) { r.get("/x", nothing).guard(api::any_of({})); });
  has("GET /x takes a UserCall, but its guard lets anonymous callers pass",
      [](Routes& r) { r.get("/x", mine).guard(api::any_of({api::open(), api::signed_in()})); });
  has("GET /x is declared twice", [](Routes& r) {
    r.get("/x", nothing).open();
    r.get("/x", nothing).open();
  });
  has("GET /u/{name} matches the same paths as GET /u/{id}", [](Routes& r) {
    r.get("/u/{id}", get_thing).open();
    r.raw(http::Method::get, "/u/{name}", {}).set_guard(api::open());
  });
  has("GET /x/: the path has an empty segment", [](Routes& r) { r.get("/x/", nothing).open(); });
  has("GET /x has a limit that lets nothing through",
      [](Routes& r) { r.get("/x", nothing).open().limit(0, std::chrono::seconds(1)); });
  has("DELETE /x looks an owner up, for which its input needs a member `Uuid id`",
      [](Routes& r) { r.remove("/x", nothing).owner(owner_of); });
  has("DELETE /x/{id} looks an owner up, for which its input needs a member `Uuid id`",
      [](Routes& r) { r.remove("/x/{id}", get_named).owner(owner_of); });
  has("GET /x/{tags}: its member \"tags\" comes from the path",
      [](Routes& r) { r.get("/x/{tags}", get_named).open(); });
  has("GET /x: its member \"thing\" comes from the query, which cannot express an object",
      [](Routes& r) { r.get("/x", get_nested).open(); });
  has("POST /y has the name \"same\", which another endpoint has", [](Routes& r) {
    r.get("/x", nothing).open().name("same");
    r.post("/y", nothing).open().name("same");
  });
}

TEST(RouteTable, ReportsAllFaultsTogether) {
  const std::string told = faults_of([](Routes& r) {
    r.get("/a", nothing);
    r.get("/b/", nothing).open();
    r.get("/c", get_nested).open();
  });
  EXPECT_THAT(told, HasSubstr("GET /a"));
  EXPECT_THAT(told, HasSubstr("GET /b/"));
  EXPECT_THAT(told, HasSubstr("GET /c"));
}

TEST(RouteTable, IsTakenWhenItIsRight) {
  EXPECT_EQ(faults_of([](Routes& r) {
              r.post("/x", get_nested).open();
              r.put("/x/{id}", get_thing).owner(owner_of);
            }),
            "");
}

TEST(RouteTable, ShowsEachGuardInWords) {
  detail::TestApp app([](Routes& r) {
    r.get("/a", nothing).open();
    r.get("/b", nothing).signed_in();
    r.get("/c", nothing).role("admin", "editor");
    r.get("/d", nothing).permission("create:thing");
    r.get("/e", nothing).owner(&Thing::id);
    r.remove("/f/{id}", get_thing).owner(owner_of);
  });
  std::vector<std::string> texts;
  for (const auto& route : app.app().routes()) texts.push_back(route->guard_text());
  EXPECT_THAT(texts, testing::ElementsAre("open", "signed in", "role admin or editor", "permission create:thing",
                                          "owner", "owner"));
}

}  // namespace
}  // namespace ashlar::web
