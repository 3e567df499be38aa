// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/conformance/shop.hpp"

#include <limits>
#include <stdexcept>

namespace ashlar::sql::conformance {
namespace {

struct Totals {
  std::int64_t books = 0;
  std::int64_t with_pages = 0;
  std::int64_t writers = 0;
  std::optional<Money> sum;
  Money sum_or_zero;
  std::optional<Money> average;
  std::optional<Money> cheapest;
  std::optional<Money> dearest;
  std::optional<std::int64_t> pages;
  std::optional<double> average_pages;
  std::optional<std::string> first_title;
  std::optional<Timestamp> newest;
};
ASHLAR_DESCRIBE(Totals, books, with_pages, writers, sum, sum_or_zero, average, cheapest, dearest, pages, average_pages,
                first_title, newest)

auto totals() {
  return select<Totals>().from<Book>().compute(
      count_rows.as<&Totals::books>(), count<&Book::pages>.as<&Totals::with_pages>(),
      count_distinct<&Book::writer_id>.as<&Totals::writers>(), sum<&Book::price>.as<&Totals::sum>(),
      sum<&Book::price>.or_zero().as<&Totals::sum_or_zero>(), avg<&Book::price>.as<&Totals::average>(),
      min<&Book::price>.as<&Totals::cheapest>(), max<&Book::price>.as<&Totals::dearest>(),
      sum<&Book::pages>.as<&Totals::pages>(), avg<&Book::pages>.as<&Totals::average_pages>(),
      min<&Book::title>.as<&Totals::first_title>(), max<&Book::printed_at>.as<&Totals::newest>());
}

struct Average {
  std::optional<Money> price;
};
ASHLAR_DESCRIBE(Average, price)

struct WriterBooks {
  std::optional<std::int64_t> writer_id;
  std::int64_t books = 0;
  Money value;
  Money average;
  std::optional<std::int64_t> pages;
};
ASHLAR_DESCRIBE(WriterBooks, writer_id, books, value, average, pages)

auto by_writer() {
  return select<WriterBooks>()
      .from<Book>()
      .where(col<&Book::price> > Money::of_minor_units(100))
      .group_by<&Book::writer_id>()
      .compute(count_rows.as<&WriterBooks::books>(), sum<&Book::price>.as<&WriterBooks::value>(),
               avg<&Book::price>.as<&WriterBooks::average>(), sum<&Book::pages>.as<&WriterBooks::pages>());
}

struct NameBooks {
  std::string name;
  std::int64_t books = 0;
};
ASHLAR_DESCRIBE(NameBooks, name, books)

template <class T>
std::string json(const Result<T>& result) {
  return result ? schema::to_json(*result) : std::string(code_of(result)) + " " + result.error().cause();
}

TEST_P(Conformance, CountsAndSumsAllRows) {
  auto& db = open_with(shop_tables(GetParam()));
  EXPECT_EQ(json(await(totals().one(db))), R"({"books":0,"withPages":0,"writers":0,"sumOrZero":"0.00"})");
  ASSERT_TRUE(await(insert_many(writers()).run(db)) && await(insert_many(books()).run(db)));
  EXPECT_EQ(json(await(totals().one(db))),
            R"({"books":5,"withPages":4,"writers":2,"sum":"51.00","sumOrZero":"51.00","average":"10.20",)"
            R"("cheapest":"0.99","dearest":"20.01","pages":650,"averagePages":162.5,"firstTitle":"a",)"
            R"("newest":"1970-01-01T00:00:05.000Z"})");
}

TEST_P(Conformance, AveragesOfMoneyAreExact) {
  auto& db = open_with(shop_tables(GetParam()));
  const auto average = [&](std::vector<std::int64_t> prices) {
    EXPECT_TRUE(await(erase<Book>().all_rows().run(db)));
    std::vector<Book> all;
    for (const auto price : prices) {
      all.push_back(book(static_cast<std::int64_t>(all.size()) + 1, std::nullopt, "t", price, std::nullopt));
    }
    EXPECT_TRUE(await(insert_many(all).run(db)));
    const auto found = await(select<Average>().from<Book>().compute(avg<&Book::price>.as<&Average::price>()).one(db));
    EXPECT_TRUE(found) << found.error().cause();
    return found->price->minor_units();
  };
  EXPECT_EQ(average({1, 2}), 2) << "halves away from zero";
  EXPECT_EQ(average({-1, -2}), -2);
  EXPECT_EQ(average({1, 1, 2}), 1);
  EXPECT_EQ(average({1, 2, 2}), 2);
  EXPECT_EQ(average({0, 0}), 0);
  EXPECT_EQ(average({999'999'999'999'999, 999'999'999'999'998}), 999'999'999'999'999);
}

TEST_P(Conformance, GroupsRows) {
  auto& db = open_with(shop_tables(GetParam()));
  ASSERT_TRUE(await(insert_many(writers()).run(db)) && await(insert_many(books()).run(db)));
  EXPECT_EQ(json(await(by_writer().order_by(asc<&Book::writer_id>).all(db))),
            R"([{"writerId":1,"books":3,"value":"45.01","average":"15.00","pages":300},)"
            R"({"writerId":2,"books":1,"value":"5.00","average":"5.00","pages":300}])");
  EXPECT_EQ(json(await(by_writer().having(count_rows >= 2 && sum<&Book::price> > Money::of_minor_units(1)).all(db))),
            R"([{"writerId":1,"books":3,"value":"45.01","average":"15.00","pages":300}])");
  EXPECT_EQ(await(by_writer().having(sum<&Book::price> > Money::of_minor_units(999'999)).all(db))->size(), 0U);
  EXPECT_EQ(await(by_writer().order_by(ascending(sum<&Book::price>)).limit(1).all(db))->at(0).writer_id, 2);
  EXPECT_EQ((*await(by_writer().order_by(descending(count_rows), asc<&Book::writer_id>).one(db)))->writer_id, 1);
  EXPECT_THROW((void)by_writer().order_by(asc<&Book::title>), std::logic_error);
}

TEST_P(Conformance, GroupsJoinedRows) {
  auto& db = open_with(shop_tables(GetParam()));
  ASSERT_TRUE(await(insert_many(writers()).run(db)) && await(insert_many(books()).run(db)));
  const auto counted = await(select<NameBooks>()
                                 .from<Writer>()
                                 .left_join<Book>(col<&Book::writer_id> == col<&Writer::id>)
                                 .group_by<&Writer::name>()
                                 .compute(sql::count<&Book::id>.as<&NameBooks::books>())
                                 .order_by(descending(sql::count<&Book::id>), asc<&Writer::name>)
                                 .all(db));
  EXPECT_EQ(json(counted), R"([{"name":"Ada","books":3},{"name":"Bo","books":1},{"name":"Cy","books":0}])");
}

TEST_P(Conformance, ASumThatDoesNotFitIsNeverWrong) {
  auto& db = open_with(shop_tables(GetParam()));
  const auto most = std::numeric_limits<std::int64_t>::max();
  ASSERT_TRUE(await(
      insert_many(std::vector{book(1, std::nullopt, "a", 1, most), book(2, std::nullopt, "b", 1, most)}).run(db)));
  bool refused = false;
  try {
    refused = !await(totals().one(db));
  } catch (const std::logic_error&) {
    refused = true;
  }
  EXPECT_TRUE(refused);
}

}  // namespace
}  // namespace ashlar::sql::conformance
