// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/conformance/people.hpp"
#include "ashlar/sql/transaction.hpp"

#include <algorithm>

namespace ashlar::sql::conformance {
namespace {

struct Hit {
  std::int64_t id = 0;
  std::string page;
  std::int64_t count = 0;
  Timestamp seen_at;
  std::optional<std::string> note;
};
ASHLAR_DESCRIBE(Hit, id, page, count, seen_at, note)
ASHLAR_TABLE(Hit, "hits")

struct NewHit {
  std::string page;
  Timestamp seen_at;
};
ASHLAR_DESCRIBE(NewHit, page, seen_at)

struct HitCount {
  std::int64_t count = 0;
};
ASHLAR_DESCRIBE(HitCount, count)

struct Document {
  Uuid id;
  std::string text;
  std::int64_t version = 1;
};
ASHLAR_DESCRIBE(Document, id, text, version)
ASHLAR_TABLE(Document, "documents")

std::string hits_table(const Driver& driver) {
  return "create table hits (id " + driver.key + ", page text not null unique, count bigint not null default 1, " +
         "seen_at " + driver.timestamp + " not null, note text);";
}

std::string documents_table(const Driver& driver) {
  return "create table documents (id " + driver.uuid + " primary key, text text not null, version bigint not null);";
}

Timestamp at(std::int64_t milliseconds) { return Timestamp::from_milliseconds(milliseconds); }

Hit hit(std::int64_t id, std::string page, std::int64_t count, std::int64_t seen_at) {
  return {.id = id, .page = std::move(page), .count = count, .seen_at = at(seen_at), .note = std::nullopt};
}

TEST_P(Conformance, InsertsAPartAndGivesTheWholeRow) {
  auto& db = open_with(hits_table(GetParam()));
  const auto made = await(insert_into<Hit>(NewHit{.page = "/a", .seen_at = at(5)}).returning_one(db));
  ASSERT_TRUE(made) << made.error().cause();
  EXPECT_EQ((*made)->id, 1);
  EXPECT_EQ((*made)->count, 1);
  std::vector<NewHit> more;
  for (int i = 0; i < 700; ++i) more.push_back({.page = std::to_string(i), .seen_at = at(i)});
  const auto all = await(insert_many_into<Hit>(more).returning_all(db));
  ASSERT_TRUE(all) << all.error().cause();
  EXPECT_EQ(all->size(), 700U);
  EXPECT_EQ(all->back().page, "699");
  EXPECT_EQ(await(insert_many_into<Hit>(more).returning_all<HitCount>(db)).error().code(), errors::unique);
  EXPECT_EQ(await(from<Hit>().count(db)), 701);
}

TEST_P(Conformance, LeavesARowAloneWhoseKeyIsThere) {
  auto& db = open_with(hits_table(GetParam()));
  const auto first = hit(1, "/a", 1, 5);
  EXPECT_EQ(await(insert(first).on_conflict<&Hit::page>().do_nothing().run(db))->rows_affected, 1);
  const auto again = insert(hit(2, "/a", 9, 9)).on_conflict<&Hit::page>().do_nothing();
  EXPECT_EQ(await(again.run(db))->rows_affected, 0);
  EXPECT_EQ(await(again.returning_one(db))->has_value(), false);
  EXPECT_EQ(await(insert(hit(1, "/b", 9, 9)).on_conflict<>().do_nothing().run(db))->rows_affected, 0);
  EXPECT_EQ(code_of(await(insert(hit(1, "/b", 9, 9)).on_conflict<&Hit::page>().do_nothing().run(db))),
            "database.unique")
      << "another key than the one that was named";
  const auto mixed = await(insert_many(std::vector{hit(3, "/a", 1, 1), hit(4, "/c", 1, 1)})
                               .on_conflict<&Hit::page>()
                               .do_nothing()
                               .returning_all(db));
  ASSERT_TRUE(mixed) << mixed.error().cause();
  ASSERT_EQ(mixed->size(), 1U);
  EXPECT_EQ(mixed->front().page, "/c");
}

TEST_P(Conformance, UpdatesARowWhoseKeyIsThere) {
  auto& db = open_with(hits_table(GetParam()));
  const auto count_it = [&](std::int64_t id, std::int64_t seen_at) {
    const auto counted = await(insert(hit(id, "/a", 1, seen_at))
                                   .on_conflict<&Hit::page>()
                                   .set(col<&Hit::count> += 1, col<&Hit::seen_at> = inserted<&Hit::seen_at>)
                                   .returning_one(db));
    EXPECT_TRUE(counted) << counted.error().cause();
    return **counted;
  };
  EXPECT_EQ(count_it(1, 5).count, 1);
  const auto second = count_it(2, 9);
  EXPECT_EQ(second.id, 1) << "the old row";
  EXPECT_EQ(second.count, 2);
  EXPECT_EQ(second.seen_at, at(9));

  const auto added = await(insert(hit(3, "/a", 40, 9))
                               .on_conflict<&Hit::page>()
                               .set(col<&Hit::count> += inserted<&Hit::count>, col<&Hit::note> = "added")
                               .returning_one<HitCount>(db));
  ASSERT_TRUE(added) << added.error().cause();
  EXPECT_EQ((*added)->count, 42);

  // Only what is newer.
  const auto newer = [&](std::int64_t seen_at) {
    return await(insert(hit(1, "/a", 7, seen_at))
                     .on_conflict<&Hit::page>()
                     .where(col<&Hit::seen_at> < inserted<&Hit::seen_at> && col<&Hit::note> == "added")
                     .replace<&Hit::count, &Hit::seen_at>()
                     .run(db))
        ->rows_affected;
  };
  EXPECT_EQ(newer(8), 0);
  EXPECT_EQ(newer(10), 1);

  const auto replaced = await(insert_many(std::vector{hit(1, "/a", 70, 20), hit(2, "/b", 80, 20)})
                                  .on_conflict<&Hit::id>()
                                  .replace_all()
                                  .returning_all(db));
  ASSERT_TRUE(replaced) << replaced.error().cause();
  ASSERT_EQ(replaced->size(), 2U);
  EXPECT_EQ(replaced->at(0).count, 70);
  EXPECT_EQ(replaced->at(0).note, std::nullopt);
  EXPECT_EQ(await(from<Hit>().count(db)), 2);
}

TEST_P(Conformance, TakesAValueFromAnotherColumnOfTheRow) {
  auto& db = open_with(hits_table(GetParam()));
  ASSERT_TRUE(await(insert(hit(7, "/a", 1, 5)).run(db)));
  const auto changed = await(update<Hit>()
                                 .set(col<&Hit::count> = col<&Hit::id>, col<&Hit::note> = col<&Hit::page>)
                                 .where(col<&Hit::count> < col<&Hit::id>)
                                 .returning_all(db));
  ASSERT_TRUE(changed) << changed.error().cause();
  EXPECT_EQ(changed->at(0).count, 7);
  EXPECT_EQ(changed->at(0).note, "/a");
  EXPECT_EQ(await(erase<Hit>().where(col<&Hit::id> == 7).returning_all<HitCount>(db))->at(0).count, 7);
}

TEST_P(Conformance, AStaleVersionIsAConflict) {
  auto& db = open_with(documents_table(GetParam()));
  ASSERT_TRUE(await(insert(Document{.id = id_of(1), .text = "a", .version = 1}).run(db)));
  const auto change = [](int id, std::int64_t version, std::string text) {
    return update<Document>()
        .set(col<&Document::text> = text)
        .where(col<&Document::id> == id_of(id))
        .at_version(col<&Document::version>, version);
  };
  const auto changed = await(change(1, 1, "b").returning_one(db));
  ASSERT_TRUE(changed) << changed.error().cause();
  EXPECT_EQ((*changed)->version, 2);
  EXPECT_EQ(await(change(1, 1, "c").returning_one(db)).error().code(), errors::stale_version);
  EXPECT_EQ(await(change(1, 1, "c").returning_all(db)).error().code(), errors::stale_version);
  EXPECT_EQ(await(change(1, 1, "c").run(db)).error().code(), errors::stale_version);
  EXPECT_EQ(errors::stale_version.kind, ErrorKind::conflict);
  EXPECT_EQ(await(change(9, 1, "c").run(db))->rows_affected, 0) << "there is no such row";
  EXPECT_EQ(await(change(9, 1, "c").returning_one(db))->has_value(), false);
  EXPECT_EQ((*await(from<Document>().one(db)))->text, "b");
  EXPECT_EQ(await(change(1, 2, "d").run(db))->rows_affected, 1);
  const auto drop = [](std::int64_t version) {
    return erase<Document>().at_version(col<&Document::version>, version).where(col<&Document::id> == id_of(1));
  };
  EXPECT_EQ(await(drop(2).run(db)).error().code(), errors::stale_version);
  EXPECT_EQ((*await(drop(3).returning_one(db)))->text, "d");
}

// A transaction skips rows that another one has locked, and takes the next.
Task<> take_next(Database& db, std::vector<std::int64_t>& taken, bool& failed) {
  auto transaction = co_await db.begin();
  if (!transaction) co_return void(failed = true);
  auto next = co_await from<Hit>()
                  .where(col<&Hit::note>.is_null())
                  .order_by(asc<&Hit::id>)
                  .limit(1)
                  .for_update(LockedRows::skip)
                  .all(*transaction);
  if (!next || next->empty()) co_return void(failed = true);
  const auto id = next->front().id;
  auto done = co_await update<Hit>().set(col<&Hit::note> = "done").where(col<&Hit::id> == id).run(*transaction);
  auto committed = co_await transaction->commit();
  failed = failed || !done || !committed;
  taken.push_back(id);
}

TEST_P(Conformance, ManyWorkersTakeEachRowOnce) {
  auto& db = open_with(hits_table(GetParam()));
  std::vector<NewHit> rows;
  for (int i = 0; i < 8; ++i) rows.push_back({.page = std::to_string(i), .seen_at = at(i)});
  ASSERT_TRUE(await(insert_many_into<Hit>(rows).run(db)));
  std::vector<std::int64_t> taken;
  bool failed = false;
  for (int i = 0; i < 8; ++i) start(take_next(db, taken, failed));
  run();
  EXPECT_FALSE(failed);
  std::ranges::sort(taken);
  EXPECT_EQ(taken, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(await(from<Hit>().where(col<&Hit::note> == "done").count(db)), 8);
}

TEST_P(Conformance, LocksRowsInATransaction) {
  auto& db = open_with(hits_table(GetParam()));
  ASSERT_TRUE(await(insert(hit(1, "/a", 1, 5)).run(db)));
  auto transaction = await(db.begin());
  ASSERT_TRUE(transaction);
  EXPECT_EQ(await(from<Hit>().where(col<&Hit::id> == 1).for_update().one(*transaction))->value().page, "/a");
  EXPECT_EQ(await(select<HitCount>().from<Hit>().for_share().all(*transaction))->size(), 1U);
  EXPECT_TRUE(await(transaction->commit()));
}

std::vector<Statement> inserts_of(const Database& db, const std::vector<Hit>& rows) {
  std::vector<Statement> out;
  for (const Hit& row : rows) out.push_back(insert(row).statements(db.dialect()).front());
  return out;
}

TEST_P(Conformance, InsertsRowsWithAWriteThatAffectsARow) {
  auto& db = open_with(hits_table(GetParam()) + documents_table(GetParam()));
  const auto with = [&](Statement write, const std::vector<Hit>& rows) {
    return await(db.execute_with(std::move(write), inserts_of(db, rows)));
  };
  const Document document{.id = *Uuid::parse("01234567-89ab-7def-8123-456789abcdef"), .text = "a", .version = 1};
  const auto first = with(insert(document).statements(db.dialect()).front(), {hit(1, "/a", 1, 5), hit(2, "/b", 2, 6)});
  ASSERT_TRUE(first) << first.error().cause();
  EXPECT_GE(first->rows_affected, 1);
  EXPECT_EQ(await(from<Hit>().count(db)), 2);

  // Without an affected row there is nothing.
  const Statement no_row{.sql = "update documents set text = $1 where version = $2",
                         .parameters = {std::string("b"), std::int64_t{9}},
                         .mode = Mode::write};
  const auto none = with(no_row, {hit(3, "/c", 3, 7)});
  ASSERT_TRUE(none) << none.error().cause();
  EXPECT_EQ(none->rows_affected, 0);
  EXPECT_EQ(await(from<Hit>().count(db)), 2);

  // A write that returns its rows, and an optional column.
  std::vector<std::string> texts;
  Statement returning{.sql = "update documents set text = $1 where version = $2 returning text, version",
                      .parameters = {std::string("b"), std::int64_t{1}},
                      .mode = Mode::write,
                      .on_row = [&texts](const Row& row) { texts.emplace_back(row.text(0)); }};
  ASSERT_TRUE(with(returning, {hit(3, "/c", 3, 7)}));
  EXPECT_EQ(texts, std::vector<std::string>{"b"});
  EXPECT_EQ(await(from<Hit>().where(col<&Hit::id> == 3).one(db))->value().seen_at, at(7));
  returning.parameters.back() = std::int64_t{9};
  ASSERT_TRUE(with(returning, {hit(4, "/d", 4, 8)}));
  EXPECT_EQ(await(from<Hit>().count(db)), 3);
}

TEST_P(Conformance, InsertsNothingWhenOneOfTheRowsIsRefused) {
  auto& db = open_with(hits_table(GetParam()) + documents_table(GetParam()));
  const Document document{.id = *Uuid::parse("01234567-89ab-7def-8123-456789abcdef"), .text = "a", .version = 1};
  const auto document_inserted = insert(document).statements(db.dialect()).front();
  const auto refused =
      await(db.execute_with(document_inserted, inserts_of(db, {hit(1, "/a", 1, 5), hit(2, "/a", 1, 5)})));
  EXPECT_EQ(refused.error().code(), errors::unique);
  EXPECT_EQ(await(from<Hit>().count(db)), 0);
  EXPECT_EQ(await(from<Document>().count(db)), 0);
  ASSERT_TRUE(await(db.execute_with(document_inserted, {}))) << "without rows it is execute()";
  EXPECT_EQ(await(db.execute_with(document_inserted, inserts_of(db, {hit(1, "/a", 1, 5)}))).error().code(),
            errors::unique);
  EXPECT_EQ(await(from<Hit>().count(db)), 0);
}

}  // namespace
}  // namespace ashlar::sql::conformance
