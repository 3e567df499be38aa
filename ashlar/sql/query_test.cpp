// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/query.hpp"

#include "ashlar/schema/json.hpp"
#include "ashlar/schema/json_schema.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar::sql {
namespace {

enum class Role { user, admin };
ASHLAR_DESCRIBE_ENUM(Role, user, admin)

struct Member {
  Uuid id;
  Email email;
  Text<1, 40> full_name;
  std::optional<Int<0, 150>> age;
  Role role{};
  Money balance;
  bool active = false;
  Timestamp created_at;
  std::int64_t balance_limit = 0;
};
ASHLAR_DESCRIBE(Member, id, email, full_name, age, role, balance, active, created_at, balance_limit)
ASHLAR_TABLE(Member, "members")

struct Other {
  Uuid id;
};
ASHLAR_DESCRIBE(Other, id)
ASHLAR_TABLE(Other, "others")

struct Summary {
  Uuid id;
  Text<1, 40> full_name;
};
ASHLAR_DESCRIBE(Summary, id, full_name)

using MemberSort = Sort<Member, &Member::created_at, &Member::full_name, &Member::age>;

// What must not compile: the assertions rest on these.
using detail::AssignableWith;
using detail::ComparableWith;
static_assert(!ComparableWith<Email, int> && !ComparableWith<Role, std::string> && !ComparableWith<Role, int>);
static_assert(!ComparableWith<Uuid, std::string> && !ComparableWith<Money, int> && !ComparableWith<bool, int>);
static_assert(!ComparableWith<std::optional<Int<0, 150>>, std::optional<int>>);
static_assert(!ComparableWith<Int<0, 150>, double> && !ComparableWith<Timestamp, std::int64_t>);
static_assert(ComparableWith<Email, const char*> && ComparableWith<Email, Text<1, 9>> && ComparableWith<double, int>);
static_assert(ComparableWith<std::optional<Int<0, 150>>, int> && ComparableWith<Money, MoneyBetween<0, 5>>);
static_assert(!AssignableWith<Email, std::optional<Email>> &&
              AssignableWith<std::optional<Int<0, 1>>, std::optional<int>>);
static_assert(!std::is_convertible_v<Condition<Other>, Condition<Member>>);
static_assert(std::is_convertible_v<Condition<Other>, Condition<Member, Other>>);
static_assert(!std::is_convertible_v<Condition<Member, Other>, Condition<Member>>);
static_assert(!std::is_convertible_v<Order<Other>, Order<Member>>);
static_assert(!std::is_convertible_v<Assignment<Other>, Assignment<Member>>);
static_assert(!decltype(erase<Member>())::filtered && decltype(erase<Member>().all_rows())::filtered);
static_assert(!detail::is_part_of<Other, Summary>() && detail::is_part_of<Member, Summary>());

std::string where(const Condition<Member>& condition, Dialect dialect = Dialect::sqlite) {
  const auto sql = select<Summary>().from<Member>().where(condition).statement(dialect).sql;
  constexpr std::string_view start = R"(select "id", "full_name" from "members")";
  EXPECT_TRUE(sql.starts_with(start)) << sql;
  return sql.substr(start.size());
}

TEST(Query, WritesEachConditionWithItsParameters) {
  const auto& age = col<&Member::age>;
  EXPECT_EQ(where({}), "");
  EXPECT_EQ(where(age == 3), R"( where "age" = $1)");
  EXPECT_EQ(where(age != 3), R"( where "age" <> $1)");
  EXPECT_EQ(where(age < 3), R"( where "age" < $1)");
  EXPECT_EQ(where(age <= 3), R"( where "age" <= $1)");
  EXPECT_EQ(where(age > 3), R"( where "age" > $1)");
  EXPECT_EQ(where(age >= 3), R"( where "age" >= $1)");
  EXPECT_EQ(where(age.between(3, 9)), R"( where "age" between $1 and $2)");
  EXPECT_EQ(where(age.is_null()), R"( where "age" is null)");
  EXPECT_EQ(where(age.is_not_null()), R"( where not ("age" is null))");
  EXPECT_EQ(where(age.in({1, 2, 3})), R"( where "age" in ($1, $2, $3, $4))");  // padded: few texts
  EXPECT_EQ(where(age.in(std::vector<int>{})), R"( where 1 = 0)");
  EXPECT_EQ(where(age.not_in({1, 2, 3})), R"( where "age" not in ($1, $2, $3, $4))");
  EXPECT_EQ(where(age.not_in(std::vector<int>{})), "");
  EXPECT_EQ(where(age < col<&Member::balance_limit>), R"( where "age" < "balance_limit")");
}

TEST(Query, JoinsConditionsAsTheyWereWritten) {
  const auto a = col<&Member::age> == 1, b = col<&Member::role> == Role::admin, c = col<&Member::active> == true;
  EXPECT_EQ(where(a && (b || c)), R"( where ("age" = $1 and ("role" = $2 or "active" = $3)))");
  EXPECT_EQ(where((a && b) || c), R"( where (("age" = $1 and "role" = $2) or "active" = $3))");
  EXPECT_EQ(where(!(a || b)), R"( where not (("age" = $1 or "role" = $2)))");
  EXPECT_EQ(where(Condition<Member>{} && a), R"( where "age" = $1)");
  EXPECT_EQ(where(a || Condition<Member>{}), "");
  EXPECT_EQ(where(!Condition<Member>{}), R"( where 1 = 0)");
}

TEST(Query, KeepsValuesOutOfTheText) {
  const auto statement =
      from<Member>().where(col<&Member::email> == "'; drop table members; --").statement(Dialect::sqlite);
  EXPECT_EQ(statement.sql.find("drop"), std::string::npos);
  EXPECT_EQ(std::get<std::string>(statement.parameters.at(0)), "'; drop table members; --");
}

TEST(Query, BindsEachTypeAsItsColumnHoldsIt) {
  const Uuid id = *Uuid::parse("0193508e-0000-7000-8000-000000000001");
  const auto statement =
      from<Member>()
          .where(col<&Member::id> == id && col<&Member::email> == Email::of("a@example.com") &&
                 col<&Member::age> == Int<0, 150>::of(7) && col<&Member::role> == Role::admin &&
                 col<&Member::balance> >= Money::of_minor_units(1250) && col<&Member::active> == true &&
                 col<&Member::created_at> < Timestamp::from_milliseconds(5))
          .statement(Dialect::sqlite);
  const std::vector<Value> expected = {
      id, "a@example.com", std::int64_t{7}, "admin", std::int64_t{1250}, true, Timestamp::from_milliseconds(5)};
  EXPECT_EQ(statement.parameters, expected);
}

TEST(Query, SearchesWithoutRegardToCaseInEachDatabasesWay) {
  const auto search = contains_ignoring_case(col<&Member::full_name>, R"(5%_\)");
  EXPECT_EQ(where(search), R"( where ashlar_contains("full_name", $1))");
  EXPECT_EQ(where(search, Dialect::postgres), R"( where "full_name" ilike $1)");
  const auto start = starts_with(col<&Member::full_name>, R"(5%_\)");
  EXPECT_EQ(where(start), R"( where substr("full_name", 1, length($1)) = $2)");
  EXPECT_EQ(where(start, Dialect::postgres), R"( where "full_name" like $1)");
  const auto parameter = [](const Condition<Member>& condition, Dialect dialect) {
    return std::get<std::string>(from<Member>().where(condition).statement(dialect).parameters.front());
  };
  EXPECT_EQ(parameter(search, Dialect::sqlite), R"(5%_\)");
  EXPECT_EQ(parameter(search, Dialect::postgres), R"(%5\%\_\\%)");
  EXPECT_EQ(parameter(start, Dialect::postgres), R"(5\%\_\\%)");
}

TEST(Query, OrdersNullAlikeInBothDatabases) {
  const auto query = select<Summary>().from<Member>().order_by(desc<&Member::age>, asc<&Member::age>, asc<&Member::id>);
  EXPECT_TRUE(query.statement(Dialect::sqlite).sql.ends_with(R"( order by "age" desc, "age", "id")"));
  EXPECT_TRUE(
      query.statement(Dialect::postgres).sql.ends_with(R"( order by "age" desc nulls last, "age" nulls first, "id")"));
  const auto told = select<Summary>().from<Member>().order_by(desc<&Member::age>.nulls_first(),
                                                              asc<&Member::age>.nulls_last(), asc<&Member::id>);
  EXPECT_TRUE(
      told.statement(Dialect::sqlite).sql.ends_with(R"( order by "age" desc nulls first, "age" nulls last, "id")"));
  EXPECT_TRUE(told.statement(Dialect::postgres).sql.ends_with(R"( order by "age" desc, "age", "id")"));
}

TEST(Query, PagesCountFromOne) {
  const auto first = from<Member>().page(1, 20).statement(Dialect::sqlite);
  EXPECT_TRUE(first.sql.ends_with(" limit $1")) << first.sql;
  const auto third = from<Member>().page(Defaulted<Int<1, 1000>, 3>{}, Int<1, 100>::of(20)).statement(Dialect::sqlite);
  EXPECT_TRUE(third.sql.ends_with(" limit $1 offset $2")) << third.sql;
  EXPECT_EQ(third.parameters, (std::vector<Value>{std::int64_t{20}, std::int64_t{40}}));
  const auto last = from<Member>().page(std::numeric_limits<std::int64_t>::max(), 100).statement(Dialect::sqlite);
  EXPECT_EQ(last.parameters.at(1), Value(std::numeric_limits<std::int64_t>::max()));
}

TEST(Query, LeavesOutWhatTheClientDidNotAskFor) {
  const auto older = [](auto age) { return col<&Member::age> >= age; };
  EXPECT_EQ(from<Other>().statement(Dialect::sqlite).sql, R"(select "id" from "others")");
  std::optional<Int<0, 150>> age;
  EXPECT_EQ(from<Member>().where_if(age, older).statement(Dialect::sqlite).parameters.size(), 0U);
  age = Int<0, 150>::of(18);
  EXPECT_EQ(from<Member>().where_if(age, older).statement(Dialect::sqlite).parameters.size(), 1U);
}

TEST(Query, UpdatesOnlyWhatIsGiven) {
  const auto text = [](std::optional<Text<1, 40>> name, std::optional<Nullable<Int<0, 150>>> age) {
    return update<Member>()
        .set(col<&Member::created_at> = Timestamp{})
        .set_if(col<&Member::full_name>, name)
        .set_if(col<&Member::age>, age)
        .where(col<&Member::active> == true)
        .statement(Dialect::sqlite);
  };
  const auto none = text({}, {});
  EXPECT_TRUE(none.sql.starts_with(R"(update "members" set "created_at" = $1 where "active" = $2 returning "id",)"))
      << none.sql;
  EXPECT_EQ(none.mode, Mode::write);
  const auto cleared = text({}, Nullable<Int<0, 150>>{});
  EXPECT_TRUE(cleared.sql.starts_with(R"(update "members" set "created_at" = $1, "age" = $2 where)")) << cleared.sql;
  EXPECT_EQ(cleared.parameters.at(1), Value(Null{}));
  const auto both = text(Text<1, 40>::of("A"), Nullable<Int<0, 150>>(Int<0, 150>::of(3)));
  EXPECT_EQ(both.parameters, (std::vector<Value>{Timestamp{}, "A", std::int64_t{3}, true}));
}

TEST(Query, FindsByAKeyWithATextThatIsWrittenOnce) {
  const auto id = *Uuid::parse("0193508e-0000-7000-8000-000000000001");
  const auto found = find<&Member::id, Summary>(id).statement(Dialect::postgres);
  EXPECT_EQ(found.sql, R"(select "id", "full_name" from "members" where "id" = $1 limit 1)");
  EXPECT_EQ(found.parameters, std::vector<Value>{id});
}

TEST(Query, LocksInPostgresAlone) {
  const auto next = from<Other>().limit(1).for_update(LockedRows::skip);
  EXPECT_EQ(next.statement(Dialect::postgres).sql, R"(select "id" from "others" limit $1 for update skip locked)");
  EXPECT_EQ(from<Other>().for_share(LockedRows::refuse).statement(Dialect::postgres).sql,
            R"(select "id" from "others" for share nowait)");
  EXPECT_EQ(next.statement(Dialect::sqlite).sql, R"(select "id" from "others" limit $1)");
  EXPECT_EQ(next.statement(Dialect::sqlite).mode, Mode::write) << "where others cannot change it";
  EXPECT_EQ(from<Other>().for_share().statement(Dialect::postgres).sql, R"(select "id" from "others" for share)");
  EXPECT_THROW((void)from<Other>().distinct().for_update(), std::logic_error);
}

struct Pair {
  Other other;
  Summary member;
};
ASHLAR_DESCRIBE(Pair, other, member)

TEST(Query, NamesTheTablesWhereThereAreSeveral) {
  const auto pairs = select<Pair>()
                         .from<Member>()
                         .join<Other>(col<&Other::id> == col<&Member::id> && col<&Member::age> > 3)
                         .where(col<&Member::active> == true)
                         .order_by(desc<&Other::id>)
                         .limit(5)
                         .statement(Dialect::postgres);
  EXPECT_EQ(pairs.sql, R"(select "others"."id", "members"."id", "members"."full_name" from "members" join "others" on )"
                       R"(("others"."id" = "members"."id" and "members"."age" > $1) where "members"."active" = $2 )"
                       R"(order by "others"."id" desc limit $3)");
  EXPECT_EQ(pairs.parameters, (std::vector<Value>{std::int64_t{3}, true, std::int64_t{5}}));
}

TEST(Query, AnUpsertDistinguishesTheTwoRows) {
  const auto stored = insert(Other{})
                          .on_conflict<&Other::id>()
                          .where(col<&Other::id> != inserted<&Other::id>)
                          .replace<&Other::id>()
                          .statements(Dialect::sqlite);
  EXPECT_EQ(stored.at(0).sql, R"(insert into "others" ("id") values ($1) on conflict ("id") do update set "id" = )"
                              R"(excluded."id" where "others"."id" <> "excluded"."id")");
}

TEST(Query, AddsToACountInTheDatabase) {
  const auto statement =
      update<Member>().set(col<&Member::balance> += Money::of_minor_units(-5)).all_rows().statement(Dialect::sqlite);
  EXPECT_TRUE(statement.sql.starts_with(R"(update "members" set "balance" = "balance" + $1 returning)"))
      << statement.sql;
}

TEST(Query, RefusesToChangeAllRowsByAccident) {
  EXPECT_THROW((void)erase<Member>().where({}).statement(Dialect::sqlite), std::logic_error);
  EXPECT_THROW((void)update<Member>().set(col<&Member::active> = true).where({}).statement(Dialect::sqlite),
               std::logic_error);
  EXPECT_TRUE(
      erase<Other>().all_rows().statement(Dialect::sqlite).sql.starts_with(R"(delete from "others" returning)"));
}

TEST(Query, InsertsManyRowsWithFewTexts) {
  EXPECT_EQ(insert(Other{}).statements(Dialect::sqlite).at(0).sql, R"(insert into "others" ("id") values ($1))");
  const auto statements = insert_many(std::vector<Other>(512 + 512 + 5)).statements(Dialect::sqlite);
  ASSERT_EQ(statements.size(), 4U);
  EXPECT_EQ(statements[0].sql, statements[1].sql);
  EXPECT_EQ(statements[2].sql, R"(insert into "others" ("id") values ($1), ($2), ($3), ($4))");
  EXPECT_EQ(statements[3].parameters.size(), 1U);
  EXPECT_EQ(insert_many(std::vector<Member>(1'000)).statements(Dialect::sqlite).front().parameters.size(), 256U * 9)
      << "never over 4,096 values";
}

// Of 100,000 rows each would move all before it, for minutes.
TEST(Query, ValuesOfManyRowsAreNotMovedForEach) {
  std::vector<Value> values;
  std::size_t moves = 0;
  for (int i = 0; i < 5000; ++i) {
    const auto room = values.capacity();
    const Other row{};
    detail::append_values(schema::type_of<Other>(), &row, values);
    if (values.capacity() != room) ++moves;
  }
  EXPECT_EQ(values.size(), 5000U);
  EXPECT_LT(moves, 30U);
}

TEST(Sort, RefusesWhatIsNotInItsList) {
  for (const std::string_view text :
       {"", "-", "email", "full_name", "--createdAt", "createdAt ", "createdAt,fullName", "CreatedAt"}) {
    EXPECT_FALSE(MemberSort::parse(text)) << text;
  }
  MemberSort sort;
  const auto violation = schema::read_text("email", schema::type_of<MemberSort>(), &sort);
  ASSERT_TRUE(violation);
  EXPECT_NE(violation->message.find("-createdAt"), std::string::npos) << violation->message;
}

TEST(Sort, TakesAFieldOfItsListInEitherDirection) {
  EXPECT_EQ(MemberSort{}.name(), "-createdAt");
  const auto order = [](std::string_view text) {
    return select<Summary>()
        .from<Member>()
        .order_by(*MemberSort::parse(text))
        .statement(Dialect::sqlite)
        .sql.substr(39);
  };
  EXPECT_EQ(order("-createdAt"), R"( order by "created_at" desc)");
  EXPECT_EQ(order("createdAt"), R"( order by "created_at")");
  EXPECT_EQ(order("-fullName"), R"( order by "full_name" desc)");
  const auto& type = schema::type_of<MemberSort>();
  EXPECT_EQ(type.enumerators.size(), 6U);
  EXPECT_EQ(type.default_json, "\"-createdAt\"");
}

struct ListMembers {
  Defaulted<Int<1, 100>, 20> limit;
  MemberSort sort;
};
ASHLAR_DESCRIBE(ListMembers, limit, sort)

TEST(Sort, IsAMemberOfARequestLikeAnyOther) {
  const auto absent = schema::read_json<ListMembers>("{}");
  ASSERT_TRUE(absent);
  EXPECT_EQ(absent->sort.name(), "-createdAt");
  const auto chosen = schema::read_json<ListMembers>(R"({"sort":"fullName"})");
  ASSERT_TRUE(chosen);
  EXPECT_EQ(schema::to_json(*chosen), R"({"limit":20,"sort":"fullName"})");
  const auto refused = schema::read_json<ListMembers>(R"({"sort":"email"})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().faults().at(0).path, "/sort");

  schema::JsonSchemas schemas("#/");
  std::string json;
  schemas.append(schema::type_of<ListMembers>(), schema::JsonSchemas::Use::input, json);
  const std::string& definition = schemas.definitions().at("ListMembers");
  EXPECT_NE(definition.find(R"("enum":["createdAt","-createdAt","fullName","-fullName","age","-age"])"),
            std::string::npos)
      << definition;
  EXPECT_NE(definition.find(R"("default":"-createdAt")"), std::string::npos) << definition;
}

}  // namespace
}  // namespace ashlar::sql
