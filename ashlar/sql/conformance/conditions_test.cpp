// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/json.hpp"
#include "ashlar/sql/conformance/people.hpp"

#include <stdexcept>

namespace ashlar::sql::conformance {
namespace {

struct RankOf {
  Rank rank{};
};
ASHLAR_DESCRIBE(RankOf, rank)

struct Reading {
  Uuid id;
  std::optional<std::int64_t> low;
  std::optional<std::int64_t> high;
  double limit = 0;
  std::string unit;
};
ASHLAR_DESCRIBE(Reading, id, low, high, limit, unit)
ASHLAR_TABLE(Reading, "readings")

std::string readings_table(const Driver& driver) {
  return "create table readings (id " + driver.uuid + " primary key, low bigint, high bigint, \"limit\" " +
         driver.number + " not null, unit text not null);";
}

Reading reading(int number, std::optional<std::int64_t> low, std::optional<std::int64_t> high, std::string unit) {
  return {.id = id_of(number), .low = low, .high = high, .limit = 10, .unit = std::move(unit)};
}

TEST_P(Conformance, MatchesTextAsItIsWritten) {
  auto& db = open_with(people_table(GetParam()));
  auto rows = six_people();  // Ada, Émile, ÉLODIE, Ωmega, 100%, a_b\c
  rows.push_back(person(7, "x*?[z]"));
  ASSERT_TRUE(await(insert_many(rows).run(db)));
  const auto people = [&](Condition<Person> condition) {
    return numbers(await(from<Person>().where(std::move(condition)).order_by(asc<&Person::id>).all(db)));
  };
  const auto& name = col<&Person::name>;
  EXPECT_EQ(people(contains(name, "a")), "146");
  EXPECT_EQ(people(contains(name, "A")), "1");
  EXPECT_EQ(people(contains(name, "%")), "5");
  EXPECT_EQ(people(contains(name, "_")), "6");
  EXPECT_EQ(people(contains(name, "\\")), "6");
  EXPECT_EQ(people(contains(name, "*")), "7");
  EXPECT_EQ(people(contains(name, "")), "1234567");
  EXPECT_EQ(people(ends_with(name, "a")), "14");
  EXPECT_EQ(people(ends_with(name, "%")), "5");
  EXPECT_EQ(people(ends_with(name, "é")), "");
  EXPECT_EQ(people(ends_with(name, "longer than all of them Ada")), "");
  EXPECT_EQ(people(ends_with(name, "")), "1234567");
  EXPECT_EQ(people(ends_with_ignoring_case(name, "DIE")), "3");
  EXPECT_EQ(people(ends_with_ignoring_case(name, "B\\C")), "6");
  EXPECT_EQ(people(ends_with_ignoring_case(name, "")), "1234567");
  EXPECT_EQ(people(starts_with_ignoring_case(name, "é")), "23");
  EXPECT_EQ(people(starts_with_ignoring_case(name, "A")), "16");
  EXPECT_EQ(people(starts_with_ignoring_case(name, "A_")), "6");
  EXPECT_EQ(people(starts_with_ignoring_case(name, "")), "1234567");
  EXPECT_EQ(people(contains(col<&Person::note>, "")), "") << "NULL has no text";
  EXPECT_EQ(people(!contains(name, "a")), "2357");
}

TEST_P(Conformance, MatchesPatternsOfTheProgram) {
  auto& db = open_with(people_table(GetParam()));
  auto rows = six_people();
  rows.push_back(person(7, "x*?[z]"));
  rows.push_back(person(8, "x\\"));
  ASSERT_TRUE(await(insert_many(rows).run(db)));
  const auto people = [&](Condition<Person> condition) {
    return numbers(await(from<Person>().where(std::move(condition)).order_by(asc<&Person::id>).all(db)));
  };
  const auto& name = col<&Person::name>;
  EXPECT_EQ(people(like(name, "%a")), "14");
  EXPECT_EQ(people(like(name, "A%")), "1");
  EXPECT_EQ(people(like(name, "_m%")), "24") << "one character, not one byte";
  EXPECT_EQ(people(like(name, "%\\%")), "5");
  EXPECT_EQ(people(like(name, "a\\_b\\\\c")), "6");
  EXPECT_EQ(people(like(name, "%*?[%")), "7");
  EXPECT_EQ(people(like(name, "x?%")), "");
  EXPECT_EQ(people(like(name, "x\\")), "8") << "an escape of nothing is a backslash";
  EXPECT_EQ(people(like_ignoring_case(name, "É%E")), "23");
  EXPECT_EQ(people(like_ignoring_case(name, "A%")), "16");
  EXPECT_EQ(people(like_ignoring_case(name, "A\\_%")), "6");
}

TEST_P(Conformance, TakesListsOfAnyLength) {
  auto& db = open_with(people_table(GetParam()));
  ASSERT_TRUE(await(insert_many(six_people()).run(db)));
  const auto people = [&](Condition<Person> condition) {
    return numbers(await(from<Person>().where(std::move(condition)).order_by(asc<&Person::id>).all(db)));
  };
  const auto& id = col<&Person::id>;
  const auto& age = col<&Person::age>;
  EXPECT_EQ(people(id.not_in({id_of(1), id_of(4), id_of(9)})), "2356");
  EXPECT_EQ(people(id.in(std::vector<Uuid>{})), "");
  EXPECT_EQ(people(id.not_in(std::vector<Uuid>{})), "123456");
  EXPECT_EQ(people(!id.in(std::vector<Uuid>{})), "123456");
  EXPECT_EQ(people(!id.not_in(std::vector<Uuid>{})), "");
  EXPECT_EQ(people(age.not_in({30})), "1256") << "NULL is neither in a list nor out of it";
  EXPECT_EQ(people(age.not_in(std::vector<int>{})), "123456");
  std::vector<Uuid> many(5'000, id_of(200));
  many.push_back(id_of(5));
  EXPECT_EQ(people(id.in(many)), "5");
  EXPECT_EQ(people(!age.between(20, 50)), "16");
  EXPECT_EQ(code_of(await(from<Person>().where(id.in(std::vector<Uuid>(70'000, id_of(1)))).all(db))),
            "database.failed");
}

TEST_P(Conformance, ComparesColumnsOfARow) {
  auto& db = open_with(readings_table(GetParam()));
  ASSERT_TRUE(await(insert_many(std::vector{reading(1, 1, 2, "a"), reading(2, 5, 5, "b"), reading(3, 9, 4, "c"),
                                            reading(4, std::nullopt, 4, "d"), reading(5, 11, 12, "e")})
                        .run(db)));
  const auto& low = col<&Reading::low>;
  const auto& high = col<&Reading::high>;
  const auto found = [&](Condition<Reading> condition) {
    return numbers(await(from<Reading>().where(std::move(condition)).order_by(asc<&Reading::id>).all(db)));
  };
  EXPECT_EQ(found(low < high), "15");
  EXPECT_EQ(found(low <= high), "125");
  EXPECT_EQ(found(low == high), "2");
  EXPECT_EQ(found(low != high), "135") << "NULL is not unequal";
  EXPECT_EQ(found(low > high), "3");
  EXPECT_EQ(found(low >= high), "23");
  EXPECT_EQ(found(col<&Reading::limit> < low), "5");
  EXPECT_EQ(found(low < high && (col<&Reading::unit> == "a" || low.is_null())), "1");
}

TEST_P(Conformance, OrdersBySeveralWithNullWhereItIsWanted) {
  auto& db = open_with(readings_table(GetParam()));
  ASSERT_TRUE(await(insert_many(std::vector{reading(1, 1, 2, "a"), reading(2, std::nullopt, 5, "a"),
                                            reading(3, 9, std::nullopt, "b"), reading(4, std::nullopt, 4, "b")})
                        .run(db)));
  const auto ordered = [&](auto... orders) { return numbers(await(from<Reading>().order_by(orders...).all(db))); };
  EXPECT_EQ(ordered(asc<&Reading::low>, asc<&Reading::id>), "2413");
  EXPECT_EQ(ordered(desc<&Reading::low>, asc<&Reading::id>), "3124");
  EXPECT_EQ(ordered(asc<&Reading::low>.nulls_last(), asc<&Reading::id>), "1324");
  EXPECT_EQ(ordered(asc<&Reading::low>.nulls_first(), desc<&Reading::id>), "4213");
  EXPECT_EQ(ordered(desc<&Reading::low>.nulls_first(), asc<&Reading::id>), "2431");
  EXPECT_EQ(ordered(desc<&Reading::low>.nulls_last(), asc<&Reading::high>.nulls_last()), "3142");
  EXPECT_EQ(ordered(desc<&Reading::unit>, asc<&Reading::low>.nulls_last()), "3412");
}

TEST_P(Conformance, GivesDistinctRowsOnce) {
  auto& db = open_with(people_table(GetParam()));
  ASSERT_TRUE(await(insert_many(six_people()).run(db)));
  const auto ranks = select<RankOf>().from<Person>().distinct().order_by(desc<&Person::rank>);
  const auto read = await(ranks.all(db));
  ASSERT_TRUE(read) << read.error().cause();
  EXPECT_EQ(schema::to_json(*read), R"([{"rank":"low"},{"rank":"high"}])");
  EXPECT_EQ(await(ranks.count(db)), 2);
  EXPECT_EQ(await(ranks.all_and_count(db))->total, 2);
  EXPECT_THROW((void)await(select<RankOf>().from<Person>().distinct().order_by(asc<&Person::age>).all(db)),
               std::logic_error);
}

}  // namespace
}  // namespace ashlar::sql::conformance
