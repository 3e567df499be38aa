// SPDX-License-Identifier: Apache-2.0
// Schemas are read back, compared and named where they differ.
#include "ashlar/sql/catalog.hpp"
#include "ashlar/sql/conformance/suite.hpp"
#include "ashlar/sql/migrations.hpp"

#include <gmock/gmock.h>

namespace ashlar::sql::conformance {
namespace {

std::vector<Migration> shop() {
  return {{.number = 1,
           .name = "shop",
           .up = "create table shelves (id integer primary key, name text not null);\n"
                 "create table articles (\n"
                 "  id integer primary key, -- a comment\n"
                 "  shelf integer not null references shelves (id) on delete cascade,\n"
                 "  name text not null default 'none',\n"
                 "  stock integer check (stock >= 0),\n"
                 "  unique (name, shelf)\n"
                 ");\n"
                 "create index articles_shelf on articles (shelf, id);\n"
                 "create unique index articles_name on articles (lower(name)) where stock > 0;\n"
                 "create view empty_shelves as select id from shelves;\n",
           .down = ""},
          {.number = 2, .name = "note", .up = "alter table articles add column note text;", .down = ""}};
}

class Drift : public Conformance {
 protected:
  std::string of(const std::vector<Migration>& migrations) {
    const auto differences = Migrator(*database_, migrations, clock_).drift();
    if (!differences) return differences.error().message() + differences.error().cause();
    std::string out;
    for (const Difference& each : *differences) out += each.object + " | " + each.expected + " | " + each.found + "\n";
    return out;
  }
  Database& open_migrated() {
    open();
    EXPECT_TRUE(Migrator(*database_, migrations_, clock_).up());
    return *database_;
  }
  bool sqlite() { return database_->dialect() == Dialect::sqlite; }

  ManualClock clock_{Timestamp::from_milliseconds(1'700'000'000'000)};
  std::vector<Migration> migrations_ = shop();
};

TEST_P(Drift, IsEmptyAfterTheMigrations) {
  open();
  EXPECT_EQ(of(migrations_), "") << "nothing applied, nothing there";
  ASSERT_TRUE(Migrator(*database_, migrations_, clock_).up(1));
  EXPECT_EQ(of(migrations_), "") << "what is pending is not missed";
  ASSERT_TRUE(Migrator(*database_, migrations_, clock_).up());
  EXPECT_EQ(of(migrations_), "");
}

TEST_P(Drift, NamesEachObjectThatDiffers) {
  const struct {
    const char* change;
    std::string sqlite, postgres;
  } rows[] = {
      {"create table extra (id integer primary key)", "table extra |  | yes\n", "table extra |  | yes\n"},
      {"alter table articles add column colour text not null default 'red'",
       "column articles.colour |  | text not null default 'red'\n",
       "column articles.colour |  | text not null default 'red'::text\n"},
      {"drop index articles_shelf", "index articles_shelf | on articles (shelf, id) | \n",
       "index articles_shelf | on articles (shelf, id) | \n"},
      {"drop index articles_name; create index articles_name on articles (lower(name)) where stock > 0",
       "index articles_name | unique on articles (lower(name)) where stock > 0 | on articles (lower(name)) where stock "
       "> "
       "0\n",
       "index articles_name | unique on articles (lower(name)) where (stock > 0) | on articles (lower(name)) where "
       "(stock "
       "> 0)\n"},
      {"drop view empty_shelves", "view empty_shelves | create view empty_shelves as select id from shelves | \n", ""},
      {"drop table articles", "table articles | yes | \n", "table articles | yes | \n"},
      {"alter table articles drop column note", "column articles.note | text | \n", "column articles.note | text | \n"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.change);
    Database& db = open_migrated();
    const auto changed = db.run_script(row.change);
    ASSERT_TRUE(changed) << changed.error().cause();
    const std::string found = of(migrations_);
    const std::string& expected = sqlite() ? row.sqlite : row.postgres;
    if (expected.empty()) {
      EXPECT_THAT(found, testing::StartsWith("view empty_shelves | "));
    } else {
      EXPECT_EQ(found, expected);
    }
    while_it_runs([&db] { db.close(); });
  }
}

TEST_P(Drift, SeesConstraintsAndTypes) {
  Database& db = open();
  auto other = shop();
  for (const auto& [from, to] : {std::pair<std::string, std::string>{" on delete cascade", ""},
                                 {"check (stock >= 0)", "check (stock > 0)"},
                                 {"unique (name, shelf)", "unique (shelf, name)"},
                                 {"name text not null default", "name text default"}}) {
    auto& up = other[0].up;
    up.replace(up.find(from), from.size(), to);
  }
  ASSERT_TRUE(Migrator(db, other, clock_).up());
  ASSERT_TRUE(
      db.run_script("update schema_migrations set checksum = (select checksum from schema_migrations where number "
                    "= 1) where number = 9"));
  const auto made = dry_run_catalog(db, shop()[0].up + shop()[1].up);
  const auto found = read_catalog(db);
  ASSERT_TRUE(made && found);
  std::string objects;
  for (const Difference& each : differences(*made, *found)) objects += each.object + "\n";
  EXPECT_THAT(objects, testing::AllOf(testing::HasSubstr("column articles.name\n"), testing::HasSubstr("(stock > 0)"),
                                      testing::HasSubstr("on delete cascade"),
                                      testing::HasSubstr("constraint of articles: unique (shelf, name)")));
  EXPECT_EQ(std::ranges::count(objects, '\n'), 7) << objects;
}

TEST_P(Drift, IsNotComparedWhenTheMigrationsConflict) {
  Database& db = open_migrated();
  ASSERT_TRUE(db.run_script("update schema_migrations set checksum = 'x' where number = 1"));
  EXPECT_THAT(of(migrations_), testing::HasSubstr("0001_shop was changed"));
}

TEST_P(Drift, ARebuildTouchesNothingThatRefersToTheTable) {
  Database& db = open_migrated();
  ASSERT_TRUE(db.run_script("insert into shelves values (1, 'a'); insert into articles (id, shelf) values (7, 1)"));
  if (!sqlite()) return;  // nothing else has to be rebuilt
  const std::string rebuild =
      "drop view empty_shelves; create table other (id integer primary key, name text);"
      "insert into other select id, name from shelves; drop table shelves; alter table other rename to shelves;";
  migrations_.push_back({.number = 3, .name = "rebuild", .up = "-- ashlar: rebuild\n" + rebuild, .down = ""});
  const auto made = Migrator(db, migrations_, clock_).up();
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(count(db, "articles"), 1);
  EXPECT_EQ(of(migrations_), "");
  migrations_.push_back({.number = 4, .name = "loses", .up = "-- ashlar: rebuild\ndelete from shelves;", .down = ""});
  const auto refused = Migrator(db, migrations_, clock_).up();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), testing::HasSubstr("articles refers to shelves"));
  EXPECT_EQ(count(db, "shelves"), 1);
}

INSTANTIATE_TEST_SUITE_P(Driver, Drift, testing::ValuesIn(drivers()), driver_name);

}  // namespace
}  // namespace ashlar::sql::conformance
