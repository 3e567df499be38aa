// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/conformance/shop.hpp"

namespace ashlar::sql::conformance {
namespace {

struct BookAndWriter {
  Book book;
  Writer writer;
};
ASHLAR_DESCRIBE(BookAndWriter, book, writer)

class Exists : public Conformance {
 protected:
  Database& open_shop() {
    auto& db = open_with(shop_tables(GetParam()));
    EXPECT_TRUE(await(insert_many(writers()).run(db)));
    EXPECT_TRUE(await(insert_many(books()).run(db)));
    EXPECT_TRUE(await(insert_many(reviews()).run(db)));
    return db;
  }
  template <class T>
  std::string ids(const Result<std::vector<T>>& rows) {
    if (!rows) return std::string(code_of(rows)) + ": " + rows.error().cause();
    std::string out;
    for (const auto& row : *rows) out += std::to_string(row.id);
    return out;
  }
  std::string with(Condition<Writer> condition) {
    return ids(await(from<Writer>().where(std::move(condition)).order_by(asc<&Writer::id>).all(*database_)));
  }
};

TEST_P(Exists, SelectsByRowsOfAnotherTable) {
  open_shop();
  EXPECT_EQ(with(exists<&Writer::id, &Book::writer_id>()), "12");
  EXPECT_EQ(with(!exists<&Writer::id, &Book::writer_id>()), "3");
  EXPECT_EQ(with(exists<&Writer::id, &Book::writer_id>(col<&Book::title> == "c")), "2");
  EXPECT_EQ(with(exists<&Writer::id, &Book::writer_id>(col<&Book::pages>.is_null() || col<&Book::pages> > 250)), "12");
  EXPECT_EQ(with(!exists<&Writer::id, &Book::writer_id>(contains(col<&Book::title>, "a")) && col<&Writer::id> < 3),
            "2");
  EXPECT_EQ(ids(await(from<Book>()
                          .where(exists<&Book::writer_id, &Writer::id>(col<&Writer::name> == "Ada"))
                          .order_by(asc<&Book::id>)
                          .all(*database_))),
            "124")
      << "from the other side, where a NULL key has no rows";
}

TEST_P(Exists, NestsAndNamesColumnsThatBothTablesHave) {
  open_shop();
  const auto reviewed = [](int stars) {
    return exists<&Writer::id, &Book::writer_id>(exists<&Book::id, &Review::book_id>(col<&Review::stars> == stars) &&
                                                 col<&Book::id> > 0);
  };
  EXPECT_EQ(with(reviewed(2)), "1");
  EXPECT_EQ(with(reviewed(4)), "2");
  EXPECT_EQ(with(reviewed(1)), "");
  EXPECT_EQ(with(exists<&Writer::id, &Book::writer_id>(!exists<&Book::id, &Review::book_id>())), "1");
}

TEST_P(Exists, AsksATableForRowsOfItsOwn) {
  open_shop();
  EXPECT_EQ(with(exists<&Writer::id, &Writer::mentor_id>()), "3") << "is the mentor of another writer";
  EXPECT_EQ(with(exists<&Writer::mentor_id, &Writer::id>(col<&Writer::name> == "Cy")), "1");
  EXPECT_EQ(with(exists<&Writer::id, &Writer::mentor_id>(exists<&Writer::mentor_id, &Writer::id>())), "3");
}

TEST_P(Exists, WorksInJoinsCountsUpdatesAndDeletes) {
  auto& db = open_shop();
  const auto reviewed = exists<&Book::id, &Review::book_id>();
  EXPECT_EQ(await(from<Book>().where(reviewed).count(db)), 2);
  const auto joined = await(select<BookAndWriter>()
                                .from<Book>()
                                .join<Writer>(col<&Book::writer_id> == col<&Writer::id>)
                                .where(reviewed && col<&Writer::name> == "Bo")
                                .all(db));
  ASSERT_TRUE(joined) << joined.error().cause();
  EXPECT_EQ(joined->size(), 1U);
  EXPECT_EQ(await(from<Book>().where(exists<&Book::id, &Review::book_id>(col<&Review::stars> > 5)).exists(db)), false);
  EXPECT_EQ(await(update<Book>().set(col<&Book::title> = "r").where(reviewed).returning_all(db))->size(), 2U);
  EXPECT_EQ(await(erase<Book>().where(!reviewed).run(db))->rows_affected, 3);
}

INSTANTIATE_TEST_SUITE_P(Driver, Exists, testing::ValuesIn(drivers()), driver_name);

}  // namespace
}  // namespace ashlar::sql::conformance
