// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/bulk.hpp"

#include "ashlar/schema/json.hpp"
#include "ashlar/sql/conformance/suite.hpp"
#include "ashlar/sql/query.hpp"

#include <limits>

namespace ashlar::sql::conformance {
namespace {

enum class Mood : std::uint8_t { calm, wild };
ASHLAR_DESCRIBE_ENUM(Mood, calm, wild)

struct Event {
  Uuid id;
  std::int64_t number = 0;
  std::string text;
  std::optional<std::string> note;
  double weight = 0;
  bool seen = false;
  Mood mood = Mood::calm;
  Money price;
  std::vector<std::string> tags;  // as JSON
  Timestamp at;
};
ASHLAR_DESCRIBE(Event, id, number, text, note, weight, seen, mood, price, tags, at)
ASHLAR_TABLE(Event, "bulk events")

struct NewEvent {
  Uuid id;
  std::int64_t number = 0;
};
ASHLAR_DESCRIBE(NewEvent, id, number)

std::string events_table(const Driver& driver) {
  return "create table \"bulk events\" (id " + driver.uuid +
         " primary key, number bigint not null check (number >= 0)," +
         " text text not null default 'by default', note text, weight " + driver.number + " not null default 0.5, " +
         "seen boolean not null default false, mood text not null default 'calm', price bigint not null default 7, " +
         "tags text not null default '[]', at " + driver.timestamp + " not null default " + driver.now +
         ", unique (number));";
}

Event event(std::int64_t number) {
  std::array<std::uint8_t, 16> id{};
  id[14] = static_cast<std::uint8_t>(number >> 8);
  id[15] = static_cast<std::uint8_t>(number);
  return {.id = Uuid(id),
          .number = number,
          .text = "é\"\\.\t\n" + std::to_string(number),
          .note = number % 2 == 0 ? std::nullopt : std::optional<std::string>(""),
          .weight = 0.25 - 0.1 * static_cast<double>(number),
          .seen = number % 3 == 0,
          .mood = number % 5 == 0 ? Mood::wild : Mood::calm,
          .price = Money::of_minor_units(number * 1'000'000'007),
          .tags = {"a", "\\N"},
          .at = Timestamp::from_milliseconds(number * 86'400'000'007 - 40'000'000'000'000)};
}

std::vector<Event> events(std::int64_t count) {
  std::vector<Event> out;
  for (std::int64_t i = 0; i < count; ++i) out.push_back(event(i));
  return out;
}

std::string json_of(const std::vector<Event>& events) {
  std::string out;
  schema::write_json(events, out);
  return out;
}

TEST_P(Conformance, RefusesRowsInBulkAsOneByOne) {
  auto& db = open_with(events_table(GetParam()));
  struct {
    const char* what;
    void (*spoil)(Event&);
    std::string_view code;
  } const cases[] = {
      {"a key twice", [](Event& e) { e.id = event(0).id; }, "database.unique"},
      {"a unique number twice", [](Event& e) { e.number = 1; }, "database.unique"},
      {"a broken check", [](Event& e) { e.number = -1; }, "database.check"},
      {"a NUL", [](Event& e) { e.text = std::string("a\0b", 3); }, "sql.invalid_text"},
      {"not UTF-8", [](Event& e) { e.text = "\xff"; }, "sql.invalid_text"},
      {"NaN", [](Event& e) { e.weight = std::numeric_limits<double>::quiet_NaN(); }, "sql.invalid_number"},
  };
  for (const auto& [what, spoil, code] : cases) {
    auto rows = events(1'200);
    spoil(rows[1'100]);
    EXPECT_EQ(code_of(await(bulk_insert<Event>(db, rows))), code) << what;
    EXPECT_EQ(await(from<Event>().count(db)), 0) << what << ": all or none";
  }
  auto rows = events(3);
  rows[2].number = 1;
  EXPECT_EQ(await(bulk_insert<Event>(db, rows)).error().cause(), await(insert_many(rows).run(db)).error().cause())
      << "which column it is";
  EXPECT_TRUE(await(bulk_insert<Event>(db, events(3)))) << "the connection is of use afterwards";
}

TEST_P(Conformance, InsertsInBulkWhatItReads) {
  auto& db = open_with(events_table(GetParam()));
  const auto rows = events(3'000);
  const auto done = await(bulk_insert<Event>(db, rows));
  ASSERT_TRUE(done) << done.error().cause();
  EXPECT_EQ(done->rows_affected, 3'000);
  const auto read = await(from<Event>().order_by(asc<&Event::number>).all(db));
  ASSERT_TRUE(read) << read.error().cause();
  EXPECT_TRUE(json_of(*read) == json_of(rows));
  EXPECT_EQ(await(bulk_insert<Event>(db, std::vector<Event>{}))->rows_affected, 0);
}

TEST_P(Conformance, InsertsInBulkInATransactionWithTheTablesDefaults) {
  auto& db = open_with(events_table(GetParam()));
  const std::vector<NewEvent> first{{.id = event(1).id, .number = 1}, {.id = event(2).id, .number = 2}};
  const std::vector<NewEvent> second{{.id = event(3).id, .number = 3}};
  {
    auto tx = *await(db.begin());
    ASSERT_TRUE(await(bulk_insert_into<Event, NewEvent>(tx, first)));
    EXPECT_EQ(count(tx, "\"bulk events\""), 2);
    ASSERT_TRUE(await(bulk_insert_into<Event, NewEvent>(tx, second)));
    ASSERT_TRUE(await(tx.rollback()));
  }
  EXPECT_EQ(await(from<Event>().count(db)), 0);
  {
    auto tx = *await(db.begin());
    ASSERT_TRUE(await(bulk_insert_into<Event, NewEvent>(tx, first)));
    ASSERT_TRUE(await(bulk_insert_into<Event, NewEvent>(tx, second)));
    ASSERT_TRUE(await(tx.commit()));
  }
  const auto read = await(from<Event>().order_by(asc<&Event::number>).all(db));
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ(read->at(2).text, "by default");
  EXPECT_EQ(read->at(2).price.minor_units(), 7);
}

TEST_P(Conformance, RefusesMoreRowsInBulkThanAreAllowed) {
  auto& db = open_with(events_table(GetParam()));
  const std::vector<NewEvent> rows(bulk_rows_max + 1);
  EXPECT_EQ(code_of(await(bulk_insert_into<Event, NewEvent>(db, rows))), "database.failed");
}

}  // namespace
}  // namespace ashlar::sql::conformance
