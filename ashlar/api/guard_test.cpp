// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/guard.hpp"

#include "ashlar/api/detail/test_api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::api {
namespace {

using detail::TestApi;

struct Thing {
  Uuid id;
  Uuid owner;
};
ASHLAR_DESCRIBE(Thing, id, owner)
struct ThingId {
  Uuid id;
};
ASHLAR_DESCRIBE(ThingId, id)
constexpr ErrorCode thing_not_found{ErrorKind::not_found, "thing.not_found"};

struct Things {
  int look_ups = 0;
  int runs = 0;
};
Task<Result<Uuid>> owner_of(Call&, Uuid id, Things& things) {
  ++things.look_ups;
  if (id.is_nil()) co_return fail(thing_not_found, "There is no such thing.");
  co_return TestApi::user_id;
}
Result<Thing> run(Call&, ThingId in, Things& things) {
  ++things.runs;
  return Thing{in.id, TestApi::user_id};
}

const std::string some_thing = R"({"id": "01234567-89ab-7def-8123-0000000000aa"})";
const std::string no_thing = R"({"id": "00000000-0000-0000-0000-000000000000"})";

// What each kind of caller gets from each guard.
struct Row {
  std::string text;
  std::vector<Guard> guards;
  std::string anonymous, stranger, editor, permitted, owner, admin;
};

std::vector<Row> table(Things& things) {
  const Guard by_look_up = owner(owner_of, things);
  const Guard by_reply = owner(&Thing::owner);
  const std::string in = "auth.not_signed_in", no = "auth.forbidden", ok = "ok";
  return {
      {"open", {open()}, ok, ok, ok, ok, ok, ok},
      {"signed in", {signed_in()}, in, ok, ok, ok, ok, ok},
      {"role editor or author", {role({"editor", "author"})}, in, no, ok, no, no, ok},
      {"permission edit:thing", {permission({"edit:thing"})}, in, no, no, ok, no, ok},
      {"owner", {by_look_up}, in, no, no, no, ok, ok},
      {"owner", {by_reply}, in, no, no, no, ok, ok},
      {"owner, or permission edit:thing", {any_of({by_look_up, permission({"edit:thing"})})}, in, no, no, ok, ok, ok},
      {"permission edit:thing, or owner", {any_of({permission({"edit:thing"}), by_reply})}, in, no, no, ok, ok, ok},
      {"role editor, and permission edit:thing",
       {role({"editor"}), permission({"edit:thing"})},
       in,
       no,
       no,
       no,
       no,
       ok},
      {"owner, and role user", {by_look_up, role({"user"})}, in, no, no, no, ok, ok},
      {"role editor, or owner, and signed in",
       {any_of({role({"editor"}), all_of({by_look_up, signed_in()})})},
       in,
       no,
       ok,
       no,
       ok,
       ok},
  };
}

TEST(Guard, DecidesAndNamesItself) {
  Things things;
  for (const Row& row : table(things)) {
    SCOPED_TRACE(row.text);
    TestApi test;
    Endpoint& endpoint = test.add("getThing", run, things);
    endpoint.effect = Endpoint::Effect::reads;
    endpoint.guards = row.guards;
    EXPECT_EQ(test.api().endpoints()[0].guard->text(), row.text);
    EXPECT_EQ(test.outcome("getThing", some_thing), row.anonymous);
    EXPECT_EQ(test.outcome("getThing", some_thing, TestApi::as("user", {}, TestApi::other_id)), row.stranger);
    EXPECT_EQ(test.outcome("getThing", some_thing, TestApi::as("editor", {}, TestApi::other_id)), row.editor);
    EXPECT_EQ(test.outcome("getThing", some_thing, TestApi::as("user", {"edit:thing"}, TestApi::other_id)),
              row.permitted);
    EXPECT_EQ(test.outcome("getThing", some_thing, TestApi::as("user")), row.owner);
    EXPECT_EQ(test.outcome("getThing", some_thing, TestApi::as("admin", {"*"}, TestApi::other_id)), row.admin);
  }
}

TEST(Guard, LooksAnOwnerUpBeforeTheOperationAndOnlyWhereItDepends) {
  Things things;
  TestApi test;
  Endpoint& endpoint = test.add("dropThing", run, things);
  endpoint.guards = {any_of({permission({"edit:thing"}), owner(owner_of, things)})};
  EXPECT_EQ(test.outcome("dropThing", some_thing), "auth.not_signed_in");
  EXPECT_EQ(things.look_ups, 0) << "an anonymous caller costs no look-up";
  EXPECT_EQ(test.outcome("dropThing", some_thing, TestApi::as("user", {}, TestApi::other_id)), "auth.forbidden");
  EXPECT_EQ(things.look_ups, 1);
  EXPECT_EQ(things.runs, 0);
  EXPECT_EQ(test.outcome("dropThing", no_thing, TestApi::as("user")), "thing.not_found");
  EXPECT_EQ(test.outcome("dropThing", some_thing, TestApi::as("user", {"edit:thing"})), "ok");
  EXPECT_EQ(things.look_ups, 2) << "the permission is enough";
  EXPECT_EQ(things.runs, 1);
}

TEST(Guard, WithholdsAReplyFromOthers) {
  Things things;
  TestApi test;
  Endpoint& endpoint = test.add("getThing", run, things);
  endpoint.effect = Endpoint::Effect::reads;
  endpoint.guards = {owner(&Thing::owner)};
  const auto reply = test.call("getThing", some_thing, TestApi::as("user", {}, TestApi::other_id));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message(), "This belongs to another account.");
  EXPECT_EQ(things.runs, 1);
}

const std::string other_thing = R"({"id": "01234567-89ab-7def-8123-0000000000bb"})";

auth::PermissionPattern pattern(std::string_view text) { return auth::PermissionPattern::parse(text).value(); }

// An account with a grant of `edit:thing` on some_thing for the hour from now on.
auth::Authority granted_some_thing(const Clock& clock) {
  return {.account = TestApi::other_id,
          .roles = {},
          .own = {},
          .grants = {{.id = TestApi::user_id,
                      .permission = pattern("edit:thing"),
                      .resource = auth::Grant::Object{"thing", "01234567-89ab-7def-8123-0000000000aa"},
                      .from = clock.now(),
                      .until = clock.now() + std::chrono::hours(1),
                      .reason = "",
                      .approved_by = ""}}};
}
Caller holding(auth::Authority authority, std::optional<std::vector<std::string>> key = std::nullopt) {
  auth::Principal principal;
  principal.id = authority.account;
  principal.claimed = std::make_shared<const auth::Authority>(std::move(authority));
  if (key) {
    principal.api_key.emplace();
    for (const std::string& text : *key) principal.api_key->permissions.push_back(pattern(text));
  }
  return {.principal = std::make_shared<const auth::Principal>(std::move(principal))};
}

Result<> list_them(Call&, Things& things) { return ++things.runs, Result<>{}; }

TEST(Guard, TakesAGrantOnOneObjectForThatObjectAndItsTime) {
  Things things;
  TestApi test;
  test.add("dropThing", run, things).guards = {permission({"edit:thing"})};
  test.add("dropOwned", run, things).guards = {any_of({permission({"edit:thing"}), owner(owner_of, things)})};
  test.add("dropAll", list_them, things).guards = {permission({"edit:thing"})};
  const auth::Authority authority = granted_some_thing(test.clock);
  const auto outcome = [&](const char* operation, const std::string& input) {
    return test.outcome(operation, input, holding(authority));
  };
  EXPECT_EQ(outcome("dropThing", other_thing), "auth.forbidden");
  EXPECT_EQ(outcome("dropOwned", other_thing), "auth.forbidden");
  EXPECT_EQ(outcome("dropAll", "{}"), "auth.forbidden") << "it names no object";
  EXPECT_EQ(things.runs, 0);
  EXPECT_EQ(outcome("dropThing", some_thing), "ok");
  EXPECT_EQ(outcome("dropOwned", some_thing), "ok");
  test.clock.advance(std::chrono::milliseconds(3'599'999));
  EXPECT_EQ(outcome("dropThing", some_thing), "ok");
  test.clock.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(outcome("dropThing", some_thing), "auth.forbidden") << "it has ended";
  EXPECT_THAT(test.log_lines(), testing::HasSubstr(R"("permission":"edit:thing")"));
}

TEST(Guard, BoundsAnAccountByItsApiKey) {
  Things things;
  TestApi test;
  test.add("edit", run, things).guards = {permission({"edit:thing"})};
  test.add("owned", run, things).guards = {any_of({permission({"edit:thing"}), owner(owner_of, things)})};
  test.add("mine", list_them, things).guards = {signed_in()};
  Endpoint& scoped = test.add("scoped", list_them, things);
  scoped.guards = {signed_in()};
  scoped.api_key_permissions = {"list:thing"};
  test.add("anybodys", list_them, things).guards = {open()};
  Endpoint& refusing = test.add("refusing", run, things);
  refusing.guards = {permission({"edit:thing"})};
  refusing.api_key_permissions.emplace();

  auth::Authority everything{.account = TestApi::user_id, .roles = {}, .own = {pattern("*")}, .grants = {}};
  auth::Authority nothing{.account = TestApi::user_id, .roles = {}, .own = {}, .grants = {}};
  const auto outcome = [&](const char* operation, const auth::Authority& account, std::vector<std::string> key) {
    const bool about_one = test.api().find(operation)->id != nullptr;
    return test.outcome(operation, about_one ? some_thing : "{}", holding(account, std::move(key)));
  };
  EXPECT_EQ(outcome("edit", everything, {}), "auth.forbidden");
  EXPECT_EQ(outcome("edit", everything, {"read:thing"}), "auth.forbidden");
  EXPECT_EQ(outcome("edit", nothing, {"edit:thing"}), "auth.forbidden") << "the account does not hold it";
  EXPECT_EQ(outcome("edit", everything, {"edit:*"}), "ok");
  EXPECT_EQ(outcome("owned", nothing, {"read:thing"}), "auth.forbidden") << "not even one's own";
  EXPECT_EQ(outcome("owned", nothing, {"edit:thing"}), "ok");
  EXPECT_EQ(outcome("mine", everything, {"*"}), "auth.forbidden") << "the line names nothing that a key could have";
  EXPECT_EQ(outcome("refusing", everything, {"*"}), "auth.forbidden");
  EXPECT_EQ(outcome("scoped", everything, {"edit:*"}), "auth.forbidden");
  EXPECT_EQ(outcome("scoped", nothing, {"list:*"}), "ok") << "every account may";
  EXPECT_EQ(outcome("anybodys", nothing, {}), "ok");
}

TEST(Guard, DescribesItself) {
  using Identity = GuardDescription::Identity;
  using Refusal = GuardDescription::Refusal;
  Things things;
  const auto is = [](const Guard& guard, Identity identity, Refusal refusal) {
    EXPECT_EQ(guard.description().identity, identity) << guard.text();
    EXPECT_EQ(guard.description().refusal, refusal) << guard.text();
  };
  is(open(), Identity::none, Refusal::never);
  is(signed_in(), Identity::required, Refusal::never);
  is(role({"a"}), Identity::required, Refusal::possible);
  is(owner(owner_of, things), Identity::required, Refusal::possible);
  is(any_of({open(), role({"a"})}), Identity::none, Refusal::never);
  is(any_of({signed_in(), role({"a"})}), Identity::required, Refusal::never);
  is(all_of({signed_in(), role({"a"})}), Identity::required, Refusal::possible);
  EXPECT_EQ(any_of({permission({"a:b"}), all_of({permission({"c:d"}), role({"e"})})}).description().permissions,
            (std::vector<std::string>{"a:b", "c:d"}));
}

// An editor who signed in that long before the test's clock.
Caller signed_in_ago(TestApi& test, std::optional<std::chrono::milliseconds> age, std::string role = "user") {
  Caller caller = TestApi::as(std::move(role));
  auto principal = *caller.principal;
  if (age) principal.auth_time = test.clock.now() - *age;
  caller.principal = std::make_shared<const auth::Principal>(std::move(principal));
  return caller;
}

// What a caller gets from the guards: "ok", an error's code, and with auth.step_up_required how old a sign-in may be.
std::string outcome_of(std::vector<Guard> guards, std::optional<std::chrono::milliseconds> age, std::string role) {
  Things things;
  TestApi test;
  test.add("dropThing", run, things).guards = std::move(guards);
  const auto reply = test.call("dropThing", some_thing, signed_in_ago(test, age, std::move(role)));
  if (reply) return "ok";
  const auto age_max = reply.error().sign_in_age_max().count();
  return std::string(reply.error().code().name) + (age_max == 0 ? "" : " " + std::to_string(age_max));
}

TEST(Guard, FreshRequiresARecentSignIn) {
  using namespace std::chrono_literals;
  Things things;
  const Guard recent = fresh(5min);
  const std::string stale = "auth.step_up_required 300";
  struct Case {
    std::string what;
    std::vector<Guard> guards;
    std::optional<std::chrono::milliseconds> age;
    std::string role, outcome;
  };
  const std::vector<Case> cases = {
      {"no time of a sign-in, as of an API key", {recent}, std::nullopt, "user", stale},
      {"too long ago", {recent}, 300'001ms, "user", stale},
      {"too long ago for an admin as well", {recent}, 300'001ms, "admin", stale},
      {"far in the future", {recent}, -6s, "user", stale},
      {"no role, and too long ago", {role({"editor"}), recent}, 1h, "user", "auth.forbidden"},
      {"the role, and too long ago", {recent, role({"editor"})}, 1h, "editor", stale},
      {"another's thing, before its owner is looked up", {owner(owner_of, things), recent}, 1h, "user", stale},
      {"the stricter of two", {fresh(10min), recent, fresh(20min)}, 1h, "user", stale},
      {"the easier of two", {any_of({fresh(1min), recent})}, 1h, "user", stale},
      {"one of two is not enough", {fresh(10min), recent}, 6min, "user", stale},
      {"neither the role nor recent", {any_of({role({"editor"}), recent})}, 1h, "user", stale},
      {"the role instead", {any_of({role({"editor"}), recent})}, 1h, "editor", "ok"},
      {"the last moment", {recent}, 300'000ms, "user", "ok"},
      {"now", {signed_in(), recent}, 0ms, "user", "ok"},
  };
  for (const Case& each : cases) EXPECT_EQ(outcome_of(each.guards, each.age, each.role), each.outcome) << each.what;

  TestApi test;
  Endpoint& endpoint = test.add("dropThing", run, things);
  endpoint.guards = {role({"editor"}), recent};
  EXPECT_EQ(test.outcome("dropThing", some_thing), "auth.not_signed_in");
  EXPECT_EQ(test.api().endpoints()[0].guard->text(), "role editor, and sign-in within 300 s");
  EXPECT_EQ(test.api().endpoints()[0].guard->description().sign_in_age_max, 300s);
  EXPECT_EQ(any_of({fresh(1min), recent}).description().sign_in_age_max, 300s);
  EXPECT_EQ(role({"editor"}).description().sign_in_age_max, std::nullopt);
  EXPECT_EQ(fresh(0s).validate(), "has no positive maximum age of the sign-in");
}

// A reply's owner is checked after the operation, and a stale caller gets past neither.
TEST(Guard, FreshIsRequiredInAdditionToTheOwnerOfAReply) {
  using namespace std::chrono_literals;
  Things things;
  TestApi test;
  Endpoint& endpoint = test.add("getThing", run, things);
  endpoint.effect = Endpoint::Effect::reads;
  endpoint.guards = {any_of({owner(&Thing::owner), role({"editor"})}), fresh(5min)};
  EXPECT_EQ(test.outcome("getThing", some_thing, signed_in_ago(test, 1h)), "auth.step_up_required");
  EXPECT_EQ(things.runs, 0);
  EXPECT_EQ(test.outcome("getThing", some_thing, signed_in_ago(test, 1min)), "ok");
}

Result<> give_role(Call& call, ThingId, Things& things) {
  ++things.runs;
  return call.require_fresh(std::chrono::minutes{5});
}

TEST(Guard, AnOperationCanAskForARecentSignInItself) {
  using namespace std::chrono_literals;
  Things things;
  TestApi test;
  test.add("giveRole", give_role, things).guards = {open()};
  EXPECT_EQ(test.outcome("giveRole", some_thing), "auth.not_signed_in");
  EXPECT_EQ(test.outcome("giveRole", some_thing, signed_in_ago(test, 1h)), "auth.step_up_required");
  EXPECT_EQ(test.outcome("giveRole", some_thing, signed_in_ago(test, 1min)), "ok");
}

TEST(Guard, SaysWhatIsWrongWithIt) {
  Things things;
  EXPECT_EQ(any_of({}).validate(), "combines no guards");
  EXPECT_EQ(permission({"edit"}).validate(), "names the permission \"edit\"; a permission is verb:resource");
  EXPECT_EQ(role({}).validate(), "names no role or permission");
  EXPECT_EQ(all_of({signed_in(), any_of({permission({})})}).validate(), "names no role or permission");
  EXPECT_EQ(any_of({owner(owner_of, things), owner(&Thing::owner)}).validate(),
            "needs two owners; a guard can need one");
  EXPECT_EQ(any_of({owner(owner_of, things), signed_in()}).validate(), "");
}

// A kind of guard that this library does not have.
class OfficeHours final : public GuardRule {
 public:
  explicit OfficeHours(const Clock& clock) : clock_(clock) {}
  [[nodiscard]] Ruling decide(const Call&, const GuardedObject*) const override {
    const bool open_now = clock_.now().milliseconds() / 3'600'000 % 24 >= 9;
    return {open_now ? Verdict::allowed : Verdict::forbidden, text()};
  }
  [[nodiscard]] std::string_view text() const override { return "office hours"; }
  [[nodiscard]] GuardDescription description() const override { return {.identity = GuardDescription::Identity::none}; }

 private:
  const Clock& clock_;
};

TEST(Guard, OfAnApplicationsOwnCombinesWithTheOthers) {
  Things things;
  TestApi test;
  Endpoint& endpoint = test.add("getThing", run, things);
  endpoint.guards = {signed_in(), Guard(std::make_shared<OfficeHours>(test.clock))};
  EXPECT_EQ(test.outcome("getThing", some_thing, TestApi::as("user")), "auth.forbidden") << "at 08:00";
  EXPECT_EQ(test.outcome("getThing", some_thing), "auth.not_signed_in") << "before any other refusal";
  EXPECT_THAT(test.log_lines(), testing::HasSubstr(R"("required":"signed in, and office hours")"));
  test.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(test.outcome("getThing", some_thing), "auth.not_signed_in");
  EXPECT_EQ(test.outcome("getThing", some_thing, TestApi::as("user")), "ok");
}

}  // namespace
}  // namespace ashlar::api
