// SPDX-License-Identifier: Apache-2.0
// The tree over the entries: sealing, verifying, erasing and retention.
#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/audit/erasure.hpp"
#include "ashlar/audit/sealer.hpp"
#include "ashlar/audit/verify.hpp"
#include "ashlar/sql/insert.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::test {
namespace {

using audit::Finding;
using http::Method;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Busy = audit::Sealer::Busy;
using Kind = Finding::Kind;

class AuditTree : public testing::Test {
 protected:
  explicit AuditTree(
      const std::string& database_url = prepared_database_url(),
      const std::function<void(backend::Settings&)>& configure = [](backend::Settings&) {})
      : backend(configure, database_url) {}

  template <class T>
  Result<T> await(Task<Result<T>> task) {
    return async::run_to_end(backend.client().loop(), std::move(task));
  }
  [[nodiscard]] bool on_postgres() { return backend.database().dialect() == sql::Dialect::postgres; }
  audit::Sealer& sealer() { return backend.application().sealer(); }

  std::vector<audit::NewEntryRow> entries(std::size_t count) {
    std::vector<audit::NewEntryRow> out(count);
    for (auto& row : out) {
      const std::string personal =
          R"({"address":"203.0.113.7","agent":"curl","salt":")" + std::to_string(++made) + "\"}";
      row = {.id = Uuid::make(backend.clock(), random),
             .at = backend.clock().now(),
             .actor = R"({"id":null,"kind":"system","name":"a test"})",
             .actor_id = {},
             .action = "create",
             .resource = "thing",
             .resource_id = std::to_string(made),
             .changes = "{}",
             .request_id = "r",
             .actor_hash = audit::commitment(personal),
             .actor_personal = personal,
             .subject_id = {},
             .subject_hash = {},
             .subject_personal = {}};
    }
    return out;
  }
  Task<Result<>> insert(sql::Executor& in, std::vector<audit::NewEntryRow> rows) {
    co_await unwrap(sql::insert_many_into<audit::EntryRow>(rows).run(in));
    co_return Result<>{};
  }
  void write(std::size_t count) { ASSERT_TRUE(await(insert(backend.database(), entries(count)))); }

  std::int64_t integer(const std::string& sql) {
    std::int64_t out = -1;
    const auto read =
        backend.database().query_blocking({.sql = sql, .on_row = [&](const sql::Row& row) { out = row.integer(0); }});
    EXPECT_TRUE(read) << read.error().cause();
    return out;
  }
  // The resource ids of the leaves, in their order.
  std::vector<std::string> leaves() {
    std::vector<std::string> out;
    (void)backend.database().query_blocking(
        {.sql = "select resource_id from audit_index where resource = 'thing' order by position",
         .on_row = [&](const sql::Row& row) { out.emplace_back(row.text(0)); }});
    return out;
  }
  audit::Verification verified(std::vector<audit::Checkpoint> published = {}) {
    auto out = audit::verify(backend.database(), sealer().signer().verifier(), published, {.entries_per_read = 256});
    EXPECT_TRUE(out) << out.error().cause();
    return out ? std::move(*out) : audit::Verification{};
  }
  // "changed 5": what each finding says, and of which leaf.
  std::vector<std::string> findings(std::vector<audit::Checkpoint> published = {}) {
    std::vector<std::string> out;
    for (const Finding& each : verified(std::move(published)).findings)
      out.push_back(std::string(to_string(each.kind)) + " " + std::to_string(each.position));
    return out;
  }
  audit::Checkpoint checkpoint() {
    const auto tree = await(audit::read_tree(backend.database()));
    return sealer().signer().verifier().open(tree->checkpoint).value();
  }

  // What a superuser of the database could do.
  void without_triggers() {
    if (on_postgres()) {
      for (const char* table : {"audit_entries", "audit_index", "audit_tiles", "audit_tree"})
        backend.run(std::string("alter table ") + table + " disable trigger all");
      return;
    }
    for (const char* trigger :
         {"audit_entries_update", "audit_entries_insert", "audit_entries_delete", "audit_index_update",
          "audit_index_delete", "audit_tiles_update", "audit_tiles_delete", "audit_tree_update", "audit_tree_delete"})
      backend.run(std::string("drop trigger ") + trigger);
  }

  TestBackend backend;
  SystemRandom random;
  int made = 0;
};

TEST_F(AuditTree, RefusesEveryChangeOfWhatIsWritten) {
  write(3);
  ASSERT_TRUE(await(sealer().seal_all()));
  std::vector<std::string> statements = {
      "update audit_entries set action = 'x'",
      "update audit_entries set changes = '{}', actor_personal = 'x'",
      "update audit_entries set actor_personal = 'x'",
      "update audit_entries set subject_id = id",
      "delete from audit_entries",
      "update audit_index set action = 'x'",
      "delete from audit_index",
      "update audit_tiles set hashes = 'x'",
      "delete from audit_tiles",
      "update audit_tree set size = 1",
      "update audit_tree set first_index = 256",
      "update audit_tree set first_index = 1",
      "delete from audit_tree",
  };
  if (on_postgres()) {
    for (const char* table : {"audit_entries", "audit_index", "audit_tiles", "audit_tree"})
      statements.push_back(std::string("truncate ") + table);
  } else {
    statements.emplace_back(
        "insert or replace into audit_entries select seq, xid, id, at, actor, actor_id, 'x', resource, resource_id, "
        "changes, request_id, actor_hash, actor_personal, subject_id, subject_hash, subject_personal from "
        "audit_entries");
  }
  for (const std::string& statement : statements) {
    const auto done = await(backend.database().execute({.sql = statement, .mode = sql::Mode::write}));
    ASSERT_FALSE(done) << statement;
    EXPECT_THAT(done.error().cause(), testing::HasSubstr("is refused")) << statement;
  }
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(AuditTree, SealsEachEntryOnceInItsOrder) {
  (void)await(sealer().seal_all());
  const std::int64_t before = integer("select size from audit_tree");
  write(2);
  EXPECT_EQ(await(sealer().seal_all()), 2);
  EXPECT_EQ(await(sealer().seal_all()), 0);
  write(1);
  EXPECT_EQ(await(sealer().seal_all()), 1);
  EXPECT_THAT(leaves(), ElementsAre("1", "2", "3"));
  EXPECT_EQ(checkpoint().size, before + 3);
  EXPECT_THAT(findings(), IsEmpty());
}

// The entries of one transaction stay together on PostgreSQL, where a snapshot says what is sealed.
TEST_F(AuditTree, SealsInBatches) {
  (void)await(sealer().seal_all());
  audit::Sealer small(backend.database(), sealer().signer(), backend.clock(), backend.logger(),
                      {.batch_max = 3, .checkpoint_folder = {}});
  for (const std::size_t count : {2, 2, 9, 1, 1}) write(count);
  std::vector<std::int64_t> batches;
  for (bool more = true; more;) {
    const auto sealed = await(small.seal_batch(Busy::wait));
    ASSERT_TRUE(sealed) << sealed.error().cause();
    batches.push_back(sealed->entries);
    more = sealed->more;
  }
  if (on_postgres()) {
    EXPECT_THAT(batches, ElementsAre(2, 2, 11)) << "a unit of nine is not cut";
  } else {
    EXPECT_THAT(batches, ElementsAre(3, 3, 3, 3, 3));
  }
  std::vector<std::string> expected;
  for (int i = 1; i <= 15; ++i) expected.push_back(std::to_string(i));
  EXPECT_EQ(leaves(), expected);
  EXPECT_THAT(findings(), IsEmpty());
}

// What only PostgreSQL has: several writers at a time, and transaction numbers.
class AuditTreeOfPostgres : public AuditTree {
 protected:
  AuditTreeOfPostgres() : AuditTree(tests::PostgresServer::shared().new_database()) {}
};

TEST_F(AuditTreeOfPostgres, SealsALateCommitLaterAndNeverWaitsForIt) {
  (void)await(sealer().seal_all());
  auto late = await(backend.database().begin());
  ASSERT_TRUE(late);
  ASSERT_TRUE(await(insert(*late, entries(1))));
  auto undone = await(backend.database().begin());
  ASSERT_TRUE(await(insert(*undone, entries(1))));
  write(2);
  EXPECT_EQ(await(sealer().seal_all()), 2) << "open transactions delay nobody else's entries";
  write(1);
  EXPECT_EQ(await(sealer().seal_all()), 1);
  ASSERT_TRUE(await(late->commit()));
  ASSERT_TRUE(await(undone->rollback()));
  write(1);
  EXPECT_EQ(await(sealer().seal_all()), 2);
  EXPECT_THAT(leaves(), ElementsAre("3", "4", "5", "1", "6"));
  EXPECT_EQ(await(sealer().seal_all()), 0);
  EXPECT_THAT(findings(), IsEmpty());
}

// A dump that is restored in another cluster, whose transactions count from a lower number.
TEST_F(AuditTreeOfPostgres, GoesOnInAnotherCluster) {
  write(3);
  ASSERT_TRUE(await(sealer().seal_all()));
  without_triggers();
  backend.run("update audit_entries set xid = xid + 1000000000");
  write(1);
  backend.run("update audit_entries set xid = xid + 1000000000 where resource_id = '4'");
  backend.run("update audit_tree set seen = '900000000:1000000000:900000000,900000001'");
  write(1);
  EXPECT_EQ(await(sealer().seal_all()), 2);
  write(1);
  EXPECT_EQ(await(sealer().seal_all()), 1);
  EXPECT_EQ(await(sealer().seal_all()), 0);
  backend.run("update audit_tree set seen = '900000000:1000000000:'");
  EXPECT_EQ(await(sealer().seal_all()), 0);
  backend.run("update audit_tree set seen = '900000000:1000000000:'");
  write(1);
  EXPECT_EQ(await(sealer().seal_all()), 1) << "of which no number is as high";
  auto all = leaves();
  std::ranges::sort(all);
  EXPECT_THAT(all, ElementsAre("1", "2", "3", "4", "5", "6", "7"));
  EXPECT_THAT(findings(), IsEmpty());
}

// Two instances seal while four clients write.
TEST_F(AuditTree, IsSealedByOneInstanceAtATime) {
  backend::Application& other = backend.new_instance();
  const Person ada = backend.person("ada");
  std::atomic<bool> writing = true;
  const auto seal = [&](backend::Application& instance, web::TestClient& client) {
    while (writing) {
      const auto sealed = async::run_to_end(client.loop(), instance.sealer().seal_batch(Busy::skip));
      if (!sealed && sealed.error().code() != sql::errors::serialization) ADD_FAILURE() << sealed.error().cause();
    }
  };
  web::TestClient& first = backend.new_client();
  web::TestClient& second = backend.new_client(other);
  {
    std::jthread one([&] { seal(backend.application(), first); });
    std::jthread two([&] { seal(other, second); });
    web::TestRequest request{.method = Method::post,
                             .target = "/api/posts",
                             .headers = {{"Authorization", "Bearer " + ada.token}},
                             .body = R"({"title": "T", "content": "C"})"};
    for (int round = 0; round < 5; ++round)
      for (const int status : backend.at_once(4, request)) EXPECT_EQ(status, 201);
    writing = false;
  }
  ASSERT_TRUE(await(sealer().seal_all()));
  EXPECT_EQ(integer("select count(*) from audit_index"), integer("select count(*) from audit_entries"));
  EXPECT_EQ(integer("select count(*) from audit_index where resource = 'post'"), 20);
  EXPECT_THAT(findings(), IsEmpty());
}

struct Tampering {
  const char* name;
  const char* statement;
  std::vector<std::string> findings;  // the position is that of the leaf
};
void PrintTo(const Tampering& tampering, std::ostream* out) { *out << tampering.name; }

class AuditTampering : public AuditTree, public testing::WithParamInterface<Tampering> {};

// Ten entries, of which the tree's leaves are 0 to 9.
TEST_P(AuditTampering, IsFound) {
  write(10);
  ASSERT_TRUE(await(sealer().seal_all()));
  ASSERT_EQ(checkpoint().size, 10);
  without_triggers();
  ASSERT_THAT(findings(), IsEmpty());
  ASSERT_EQ(verified().entries, 10);
  backend.run(GetParam().statement);
  EXPECT_EQ(findings(), GetParam().findings);
}

const std::vector<Tampering> tamperings = {
    {"Changed", "update audit_entries set action = 'delete' where resource_id = '4'", {"index 3", "changed 3"}},
    {"ChangedWithItsIndex", "update audit_entries set changes = '{\"a\":1}' where resource_id = '4'", {"changed 3"}},
    {"ChangedActor", "update audit_entries set actor = '{}' where resource_id = '1'", {"changed 0"}},
    {"ChangedMoment", "update audit_entries set request_id = 'other' where resource_id = '10'", {"changed 9"}},
    {"ChangedAddress", "update audit_entries set actor_personal = '{}' where resource_id = '4'", {"changed 3"}},
    {"ChangedCommitment",
     "update audit_entries set actor_hash = '' where resource_id = '4'",
     {"changed 3", "changed 3"}},
    {"Removed", "delete from audit_entries where resource_id in ('4', '5')", {"removed 3", "removed 4"}},
    {"RemovedLast", "delete from audit_entries where resource_id = '10'", {"removed 9"}},
    {"RemovedFromTheIndex", "delete from audit_index where position = 3", {"inserted -1", "removed 3"}},
    {"ChangedIndex", "update audit_index set action = 'x' where position = 3", {"index 3"}},
    {"MovedOut",
     "update audit_index set position = case position when 3 then -4 when 4 then -3 end where position in (3, 4)",
     {"inserted -4", "inserted -3", "removed 3", "removed 4"}},
    {"ChangedTile",
     "update audit_tiles set hashes = replace(hashes, substr(hashes, 1, 44), substr(hashes, 45, 44))",
     {"tree -1", "changed 0"}},
    {"RemovedTile", "delete from audit_tiles", {"tree -1", "tree 0"}},
    {"SmallerTree", "update audit_tree set size = 9", {"tree -1", "inserted 9"}},
    {"ChangedCheckpoint", "update audit_tree set checkpoint = replace(checkpoint, '10', '11')", {"checkpoint -1"}},
    {"ForgedCheckpoint", "update audit_tree set checkpoint = ''", {"checkpoint -1"}},
};
INSTANTIATE_TEST_SUITE_P(All, AuditTampering, testing::ValuesIn(tamperings),
                         [](const auto& info) { return info.param.name; });

TEST_F(AuditTree, FindsEntriesThatMovedOrWereInserted) {
  write(10);
  ASSERT_TRUE(await(sealer().seal_all()));
  without_triggers();
  // Two entries change places: each row gets the other's number.
  backend.run("update audit_index set seq = seq + 1000 where position in (2, 6)");
  backend.run(
      "update audit_index set seq = (select seq - 1000 from (select * from audit_index) i where i.position = 8 - "
      "audit_index.position) where position = 2");
  backend.run(
      "update audit_index set seq = (select min(e.seq) from audit_entries e where not exists "
      "(select 1 from (select * from audit_index) i where i.seq = e.seq)) where position = 6");
  EXPECT_THAT(findings(), ElementsAre("index 2", "reordered 2", "index 6", "reordered 6"));

  // A row of before the last seal that is in no leaf.
  const std::int64_t before = verified().findings.size();
  if (on_postgres()) {
    backend.run(
        "insert into audit_entries (xid, id, at, actor, action, resource, resource_id, changes, request_id, "
        "actor_hash, "
        "subject_hash) select 3, id, at, actor, action, resource, 'x', changes, request_id, actor_hash, subject_hash "
        "from audit_entries limit 1");
  } else {
    backend.run(
        "insert into audit_entries (seq, id, at, actor, action, resource, resource_id, changes, request_id, "
        "actor_hash, subject_hash) select -5, id, at, actor, action, resource, 'x', changes, request_id, actor_hash, "
        "subject_hash from audit_entries limit 1");
  }
  const auto after = verified().findings;
  ASSERT_EQ(std::ssize(after), before + 1);
  EXPECT_EQ(after.front().kind, Kind::inserted);
}

// The whole tree is made again over changed entries, by somebody who has the key. A checkpoint that was kept shows it.
TEST_F(AuditTree, IsComparedWithPublishedCheckpoints) {
  write(10);
  ASSERT_TRUE(await(sealer().seal_all()));
  const audit::Checkpoint kept = checkpoint();
  write(5);
  ASSERT_TRUE(await(sealer().seal_all()));
  EXPECT_THAT(findings({kept}), IsEmpty());
  without_triggers();
  backend.run("update audit_entries set changes = '{\"a\":1}' where resource_id = '4'");
  for (const char* table : {"audit_index", "audit_tiles"}) backend.run(std::string("delete from ") + table);
  backend.run("update audit_tree set size = 0, seen = '', checkpoint = ''");
  ASSERT_TRUE(await(sealer().seal_all()));
  EXPECT_THAT(findings(), IsEmpty()) << "the tree alone cannot show it";
  EXPECT_THAT(findings({kept}), ElementsAre("checkpoint -1"));
  auto larger = kept;
  larger.size = 100;
  EXPECT_THAT(findings({larger}), ElementsAre("checkpoint -1"));
}

TEST_F(AuditTree, SaysWhatIsNotSealed) {
  write(2);
  ASSERT_TRUE(await(sealer().seal_all()));
  write(3);
  EXPECT_EQ(verified().unsealed, 3);
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(AuditTree, KeepsProofsWhenPersonalDataIsErased) {
  const Person ada = backend.person("ada");
  const auto post = backend.as(ada, Method::post, "/api/posts", R"({"title": "T", "content": "C"})");
  ASSERT_EQ(post.status, 201);
  ASSERT_TRUE(await(sealer().seal_all()));
  const std::int64_t entries_before = integer("select count(*) from audit_entries");

  api::SystemCall call({&backend.clock(), &random, &backend.logger()}, "a test");
  const auto erased = await(backend.application().units().run(
      static_cast<api::Call&>(call), &audit::erase_personal_data, Uuid::parse(ada.id).value()));
  ASSERT_TRUE(erased) << erased.error().cause();
  EXPECT_GE(*erased, 3);
  ASSERT_TRUE(await(sealer().seal_all()));
  EXPECT_EQ(integer("select count(*) from audit_entries"), entries_before + 1) << "the erasure is an entry";
  std::string all;
  (void)backend.database().query_blocking(
      {.sql = "select coalesce(subject_personal, '') || coalesce(actor_personal, '') || changes from audit_entries "
              "where actor_id = $1 or subject_id = $1",
       .parameters = {Uuid::parse(ada.id).value()},
       .on_row = [&](const sql::Row& row) { all += row.text(0); }});
  EXPECT_THAT(all, testing::Not(testing::HasSubstr("ada@example.com")));
  EXPECT_THAT(all, testing::Not(testing::HasSubstr("address")));
  const auto result = verified();
  EXPECT_TRUE(result.is_intact());
  EXPECT_GE(result.erased, 3);
  // The account goes, too: its entries stay.
  ASSERT_EQ(backend.as(backend.admin(), Method::remove, "/api/users/" + ada.id).status, 204);
  ASSERT_TRUE(await(sealer().seal_all()));
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(AuditTree, KeepsTheRootsOfWhatRetentionRemoves) {
  backend.clock().advance(std::chrono::hours{1});
  write(300);
  backend.clock().advance(std::chrono::hours{24});
  const Timestamp keep_from = backend.clock().now();
  write(300);
  ASSERT_TRUE(await(sealer().seal_all()));
  const audit::Checkpoint kept = checkpoint();
  api::SystemCall call({&backend.clock(), &random, &backend.logger()}, "a test");
  auto& units = backend.application().units();
  const auto trimmed = await(units.run(static_cast<api::Call&>(call), &audit::trim, keep_from));
  ASSERT_TRUE(trimmed) << trimmed.error().cause();
  EXPECT_EQ(trimmed->first_index, 256);
  EXPECT_EQ(trimmed->entries, 256);
  const auto again = await(units.run(static_cast<api::Call&>(call), &audit::trim, keep_from));
  EXPECT_EQ(again->entries, 0);
  ASSERT_TRUE(await(sealer().seal_all()));
  EXPECT_EQ(verified({kept}).entries, 600 - 256 + 1);
  EXPECT_THAT(findings({kept}), IsEmpty());

  // Each entry that is kept is still proved.
  Uuid entry;
  (void)backend.database().query_blocking({.sql = "select entry_id from audit_index where position = 300",
                                           .on_row = [&](const sql::Row& row) { entry = row.uuid(0); }});
  const auto proof = await(audit::prove(backend.database(), entry));
  ASSERT_TRUE(proof && *proof);
  std::string leaf;
  audit::append_leaf((*proof)->entry, leaf);
  EXPECT_EQ(audit::root_by_proof(audit::leaf_hash(leaf), 300, (*proof)->size, (*proof)->hashes), checkpoint().root);

  without_triggers();
  backend.run("delete from audit_entries where action = 'trim'");
  EXPECT_THAT(findings(), UnorderedElementsAre("removed -1", "removed 600"));
}

class AuditTreeWithRetention : public AuditTree {
 protected:
  AuditTreeWithRetention()
      : AuditTree(prepared_database_url(), [](backend::Settings& settings) { settings.audit.retention = days(30); }) {}
  void wait_until_the_next_night() {
    backend.run_jobs();  // it learns when the schedule is due
    backend.clock().advance(days(1));
    backend.run_jobs();
  }
  using days = std::chrono::duration<int, std::ratio<86'400>>;
};

TEST_F(AuditTreeWithRetention, RemovesWhatIsTooOldEveryNight) {
  write(300);
  backend.clock().advance(days(20));
  write(300);
  wait_until_the_next_night();
  EXPECT_EQ(integer("select count(*) from audit_entries where resource = 'thing'"), 600) << "none is so old";
  backend.clock().advance(days(15));
  wait_until_the_next_night();
  EXPECT_EQ(integer("select first_index from audit_tree"), 256);
  EXPECT_EQ(integer("select count(*) from audit_entries where resource = 'thing'"), 600 - 256) << "in whole tiles";
  EXPECT_EQ(integer("select count(*) from audit_entries where action = 'trim'"), 1);
  ASSERT_TRUE(await(sealer().seal_all()));
  EXPECT_THAT(findings(), IsEmpty());
}

}  // namespace
}  // namespace ashlar::test
