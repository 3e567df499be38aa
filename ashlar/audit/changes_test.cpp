// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/changes.hpp"

#include "ashlar/audit/entry.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/secret.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace ashlar::audit {
namespace {

struct Part {
  std::string name;
  std::int64_t count = 0;
};
ASHLAR_DESCRIBE(Part, name, count)

struct Thing {
  Uuid id;
  Uuid owner;
  std::string title;
  Nullable<std::string> note;
  std::optional<std::int64_t> size;
  double weight = 0;
  std::vector<Part> parts;
  std::string password_hash;
  Secret<Text<1, 100>> pin;
  Timestamp updated_at;
};
ASHLAR_DESCRIBE(Thing, id, owner, title, note, size, weight, parts, password_hash, pin, updated_at)
ASHLAR_AUDIT(Thing, "thing", id<&Thing::id>(), subject<&Thing::owner>(), personal<&Thing::title, &Thing::note>(),
             secret<&Thing::password_hash>(), left_out<&Thing::updated_at, &Thing::pin>())

Thing thing() {
  Thing out;
  out.id = *Uuid::parse("01234567-89ab-7def-8123-456789abcdef");
  out.owner = *Uuid::parse("01234567-89ab-7def-8123-000000000001");
  out.title = "A \"title\"\n";
  out.parts = {{.name = "b", .count = 2}};
  out.password_hash = "hash";
  return out;
}

TEST(Changes, HoldWhatDiffersAlone) {
  const Thing before = thing();
  Thing after = before;
  after.updated_at = Timestamp::from_milliseconds(5);
  const auto& rules = rules_of<Thing>();
  EXPECT_EQ(changes_between(rules, &before, &after).plain, "{}");
  EXPECT_EQ(changes_between(rules, &before, &after).personal, "{}");
  after.title = "B";
  after.note = std::string("n");
  after.size = 3;
  after.weight = 0.1;
  after.parts.push_back({.name = "c", .count = 1});
  after.password_hash = "another";
  const auto changes = changes_between(rules, &before, &after);
  EXPECT_EQ(changes.plain,
            R"({"parts":{"after":[{"count":2,"name":"b"},{"count":1,"name":"c"}],"before":[{"count":2,"name":"b"}]},)"
            R"("passwordHash":{"after":"[redacted]","before":"[redacted]"},"size":{"after":3,"before":null},)"
            R"("weight":{"after":"0.1","before":"0"}})");
  EXPECT_EQ(changes.personal, R"({"note":{"after":"n","before":null},"title":{"after":"B","before":"A \"title\"\n"}})");
}

TEST(Changes, OfANewOrRemovedRowHaveNullOnTheOtherSide) {
  const Thing row = thing();
  const auto created = changes_between(rules_of<Thing>(), nullptr, &row);
  EXPECT_TRUE(created.plain.contains(R"("passwordHash":{"after":"[redacted]","before":null})")) << created.plain;
  EXPECT_FALSE(created.plain.contains("hash\"")) << created.plain;
  EXPECT_FALSE(created.plain.contains("size")) << "null before and after";
  const auto removed = changes_between(rules_of<Thing>(), &row, nullptr);
  EXPECT_TRUE(removed.plain.contains(R"("passwordHash":{"after":null,"before":"[redacted]"})")) << removed.plain;
}

TEST(Changes, ShortenLongValues) {
  const Thing before = thing();
  Thing after = before;
  after.title = std::string(2'000, 'x');
  const auto changes = changes_between(rules_of<Thing>(), &before, &after);
  EXPECT_LT(changes.personal.size(), 250U);
  EXPECT_TRUE(changes.personal.contains(R"({"bytes":2002,"sha256":")")) << changes.personal;
}

TEST(Changes, ReadIds) {
  const Thing row = thing();
  EXPECT_EQ(text_of(rules_of<Thing>().id(), &row), "01234567-89ab-7def-8123-456789abcdef");
  EXPECT_EQ(id_of(*rules_of<Thing>().subject(), &row), row.owner);
  EXPECT_EQ(rules_of<Thing>().resource(), "thing");
}

struct NoId {
  std::string name;
};
ASHLAR_DESCRIBE(NoId, name)
ASHLAR_AUDIT(NoId, "none", left_out<&NoId::name>())
struct NoSubject {
  Uuid id;
  std::string name;
};
ASHLAR_DESCRIBE(NoSubject, id, name)
ASHLAR_AUDIT(NoSubject, "none", id<&NoSubject::id>(), personal<&NoSubject::name>())

TEST(Changes, RefuseRulesThatCannotBeKept) {
  EXPECT_THROW((void)ashlar_audit_of(std::type_identity<NoId>{}), std::logic_error);
  EXPECT_THROW((void)ashlar_audit_of(std::type_identity<NoSubject>{}), std::logic_error);
}

TEST(ChangedFields, AreSortedByName) {
  EXPECT_EQ(ChangedFields().add("b", "null", "1").add_after("a", "x").to_json(),
            R"({"a":{"after":"x","before":null},"b":{"after":1,"before":null}})");
  EXPECT_EQ(ChangedFields().to_json(), "{}");
}

TEST(Leaves, AreCanonical) {
  const EntryRow entry{.seq = 9,
                       .xid = 7,
                       .id = *Uuid::parse("01234567-89ab-7def-8123-456789abcdef"),
                       .at = Timestamp::from_milliseconds(1'000),
                       .actor = R"({"id":null,"kind":"anonymous"})",
                       .actor_id = {},
                       .action = "create",
                       .resource = "thing",
                       .resource_id = "x\"y",
                       .changes = R"({"a":{"after":1,"before":null}})",
                       .request_id = "r",
                       .actor_hash = "h",
                       .actor_personal = {},
                       .subject_id = {},
                       .subject_hash = "",
                       .subject_personal = {}};
  std::string leaf;
  append_leaf(entry, leaf);
  EXPECT_EQ(leaf,
            R"({"action":"create","actor":{"id":null,"kind":"anonymous"},"actorHash":"h",)"
            R"("at":"1970-01-01T00:00:01.000Z","changes":{"a":{"after":1,"before":null}},)"
            R"("id":"01234567-89ab-7def-8123-456789abcdef","requestId":"r","resource":"thing","resourceId":"x\"y",)"
            R"("subjectHash":"","subjectId":null,"v":1})");
  EXPECT_EQ(canonical_json(Actor{.id = *Uuid::parse("01234567-89ab-7def-8123-456789abcdef"),
                                 .kind = "api_key",
                                 .name = std::nullopt,
                                 .acting_for = ActingFor{.id = {}, .kind = "user"}}),
            R"({"actingFor":{"id":null,"kind":"user"},"id":"01234567-89ab-7def-8123-456789abcdef","kind":"api_key"})");
}

}  // namespace
}  // namespace ashlar::audit
