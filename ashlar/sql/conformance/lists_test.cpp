// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/composites.hpp"
#include "ashlar/sql/conformance/people.hpp"
#include "ashlar/sql/logged.hpp"
#include "ashlar/sql/model.hpp"

namespace ashlar::sql::conformance {
namespace {

struct Item {
  Uuid id;
  std::vector<std::string> tags;
  std::optional<std::vector<std::int64_t>> sizes;
  Array<Rank, 0, 5> ranks;
  std::vector<double> type;  // a name that json_each has, too
  std::vector<Timestamp> seen_at;
  std::vector<Money> prices;
  std::vector<Nullable<std::string>> notes;
};
ASHLAR_DESCRIBE(Item, id, tags, sizes, ranks, type, seen_at, prices, notes)
ASHLAR_TABLE(Item, "items", index_of_items<&Item::tags>("items_tags"))

Item item(int number, std::vector<std::string> tags) {
  Item out{.id = id_of(number),
           .tags = std::move(tags),
           .sizes = std::nullopt,
           .ranks = {},
           .type = {number / 2.0},
           .seen_at = {Timestamp::from_milliseconds(number)},
           .prices = {Money::of_minor_units(number * 50)},
           .notes = {{}, std::to_string(number)}};
  if (number > 1) out.sizes = std::vector<std::int64_t>{number, 40};
  if (number == 3) out.ranks.push_back(Rank::high);
  return out;
}

class Lists : public Conformance {
 protected:
  Database& open_items() {
    auto& db = open();
    const auto script = schema_script(std::vector{model_of<Item>()}, db.dialect());
    EXPECT_TRUE(db.run_script(script));
    EXPECT_TRUE(await(insert_many(std::vector{item(1, {}), item(2, {"a", "B"}), item(3, {"a", "it's \"b\" \\ é"}),
                                              item(4, {"c", "a", "a"})})
                          .run(db)));
    return db;
  }
  std::string found(Condition<Item> condition) {
    return numbers(await(from<Item>().where(std::move(condition)).order_by(asc<&Item::id>).all(*database_)));
  }
};

TEST_P(Lists, RefusesTextThatNoItemCanBe) {
  open_items();
  EXPECT_TRUE(found(col<&Item::tags>.contains(std::string_view("a\0", 2))).starts_with("sql.invalid_text"));
  EXPECT_TRUE(found(col<&Item::tags>.contains_any({"a", "\xff"})).starts_with("sql.invalid_text"));
}

TEST_P(Lists, AreFoundByTheirItems) {
  open_items();
  const auto& tags = col<&Item::tags>;
  EXPECT_EQ(found(tags.contains("a")), "234");
  EXPECT_EQ(found(tags.contains("b")), "") << "an item, not a part of one, and with its case";
  EXPECT_EQ(found(tags.contains(std::string("it's \"b\" \\ é"))), "3");
  EXPECT_EQ(found(tags.contains("")), "");
  EXPECT_EQ(found(!tags.contains("a")), "1");
  EXPECT_EQ(found(tags.contains_any({"B", "c", "nothing"})), "24");
  EXPECT_EQ(found(tags.contains_any(std::vector<std::string>{})), "");
  EXPECT_EQ(found(tags.contains_all({"a", "c"})), "4");
  EXPECT_EQ(found(tags.contains_all({"a", "a"})), "234");
  EXPECT_EQ(found(tags.contains_all(std::vector<std::string>{})), "1234");
  EXPECT_EQ(found(tags.contains("a") && !tags.contains("c") && col<&Item::id> != id_of(2)), "3");
}

TEST_P(Lists, HoldItemsOfEachType) {
  open_items();
  EXPECT_EQ(found(col<&Item::sizes>.contains(3)), "3");
  EXPECT_EQ(found(col<&Item::sizes>.contains(40)), "234");
  EXPECT_EQ(found(!col<&Item::sizes>.contains(3)), "24") << "NULL holds nothing, nor does it lack it";
  EXPECT_EQ(found(col<&Item::sizes>.contains_all(std::vector<int>{})), "234");
  EXPECT_EQ(found(col<&Item::ranks>.contains(Rank::high)), "3");
  EXPECT_EQ(found(col<&Item::type>.contains(1.5)), "3");
  EXPECT_EQ(found(col<&Item::type>.contains(2)), "4") << "numbers by their value";
  EXPECT_EQ(found(col<&Item::seen_at>.contains(Timestamp::from_milliseconds(2))), "2");
  EXPECT_EQ(found(col<&Item::prices>.contains(Money::of_minor_units(150))), "3");
  EXPECT_EQ(found(col<&Item::notes>.contains("4")), "4");
  EXPECT_EQ(found(!col<&Item::notes>.contains("4")), "123") << "a null among the items is not unknown";
}

TEST_P(Lists, DecideWhatIsChanged) {
  auto& db = open_items();
  const auto changed = await(update<Item>()
                                 .set(col<&Item::tags> = std::vector<std::string>{"z"})
                                 .where(col<&Item::tags>.contains("c"))
                                 .returning_all(db));
  EXPECT_EQ(numbers(changed), "4");
  EXPECT_EQ(await(erase<Item>().where(!col<&Item::tags>.contains("z")).run(db))->rows_affected, 3);
}

TEST_P(Lists, AreFoundThroughTheirIndexWhereTheDatabaseHasOne) {
  auto& db = open_items();
  if (db.dialect() == Dialect::sqlite) return;
  ASSERT_TRUE(
      db.run_script("insert into items select gen_random_uuid(), '[\"x' || n || '\"]', null, '[]', '[]', '[]', "
                    "'[]', '[]' from generate_series(1, 5000) n; analyze items"));
  const auto plan = [&](Condition<Item> condition) {
    return await(explain(db, from<Item>().where(std::move(condition)).statement(db.dialect()))).value_or("no plan");
  };
  EXPECT_NE(plan(col<&Item::tags>.contains("x77")).find("items_tags"), std::string::npos);
  EXPECT_NE(plan(col<&Item::tags>.contains_any({"x77", "x78"})).find("items_tags"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Driver, Lists, testing::ValuesIn(drivers()), driver_name);

}  // namespace
}  // namespace ashlar::sql::conformance
