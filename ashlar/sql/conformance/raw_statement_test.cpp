// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/raw_statement.hpp"

#include "ashlar/sql/conformance/suite.hpp"

#include <gmock/gmock.h>

namespace ashlar::sql::conformance {

struct Named {
  Uuid id;
  std::string name;
  Nullable<std::int64_t> age;
};
ASHLAR_DESCRIBE(Named, id, name, age)

namespace {

using Faults = std::vector<std::string>;
using testing::ElementsAre;
using testing::HasSubstr;

class RawStatements : public Conformance {
 protected:
  Database& open_people() {
    return open_with("create table people (id " + GetParam().uuid + " primary key, name text not null, age integer, " +
                     "born_at " + GetParam().timestamp + ", weight " + GetParam().number + ");");
  }
  bool sqlite() { return database_->dialect() == Dialect::sqlite; }
};

TEST_P(RawStatements, ThatAreRightHaveNoFaultsAndRun) {
  Database& db = open_people();
  constexpr RawStatement<void(Uuid, std::string, std::int64_t)> insert(
      "insert into people (id, name, age) values ($1, $2, $3)");
  constexpr RawStatement<Named(std::string)> by_name("select weight, id, name, age from people where lower(name) = $1");
  constexpr RawStatement<std::int64_t()> total("select count(*) from people");
  EXPECT_EQ(statement_faults(db, insert), Faults{});
  EXPECT_EQ(statement_faults(db, by_name), Faults{});
  EXPECT_EQ(statement_faults(db, total), Faults{});

  const Uuid id = Uuid::parse("00000000-0000-7000-8000-000000000001").value();
  ASSERT_TRUE(await(insert(db, id, "Ada", 36)));
  const auto found = await(by_name("ada").one(db));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->id, id);
  EXPECT_EQ(await(total().one(db)).value(), 1);
}

TEST_P(RawStatements, ReportDifferencesFromTheDatabase) {
  Database& db = open_people();
  constexpr RawStatement<Named()> misspelt("select id, name, aeg from people");
  EXPECT_THAT(statement_faults(db, misspelt), ElementsAre(HasSubstr("aeg")));
  constexpr RawStatement<Named()> narrow("select id, name from people");
  EXPECT_THAT(statement_faults(db, narrow), ElementsAre("there is no column age"));
  constexpr RawStatement<Named(std::string)> crowded("select id, name, age from people");
  EXPECT_THAT(statement_faults(db, crowded), ElementsAre("it takes 0 parameters, and is given 1"));
  constexpr RawStatement<std::int64_t()> text("select name from people");
  EXPECT_THAT(statement_faults(db, text),
              ElementsAre(testing::MatchesRegex("the column name is (text|TEXT), and is read as an integer")));
  constexpr RawStatement<Named()> all("select p.* from people p");
  EXPECT_THAT(statement_faults(db, all), ElementsAre("it selects *: name the columns"));
  constexpr RawStatement<std::int64_t()> product("select count(*) * 2 from people");
  EXPECT_EQ(statement_faults(db, product), Faults{});
  constexpr RawStatement<void()> unread("select name from people");
  EXPECT_THAT(statement_faults(db, unread), ElementsAre("it returns rows, which are not read"));
  constexpr RawStatement<Uuid()> silent("delete from people");
  EXPECT_THAT(statement_faults(db, silent), ElementsAre("it returns no rows"));
  constexpr RawStatement<Named(Timestamp)> moment("select id, name, age from people where id = $1");
  EXPECT_EQ(statement_faults(db, moment), sqlite() ? Faults{} : Faults{"$1 is uuid, and is given a moment"});
}

INSTANTIATE_TEST_SUITE_P(Driver, RawStatements, testing::ValuesIn(drivers()), driver_name);

}  // namespace
}  // namespace ashlar::sql::conformance
