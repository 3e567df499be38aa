// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/conformance/shop.hpp"

#include <stdexcept>

namespace ashlar::sql::conformance {
namespace {

struct BookAndWriter {
  Book book;
  Writer writer;
};
ASHLAR_DESCRIBE(BookAndWriter, book, writer)

struct WriterName {  // also a part of nothing else here
  std::string name;
};
ASHLAR_DESCRIBE(WriterName, name)

struct TitleAndPages {
  std::string title;
  std::optional<std::int64_t> pages;
};
ASHLAR_DESCRIBE(TitleAndPages, title, pages)

struct ReviewId {
  std::int64_t id = 0;
};
ASHLAR_DESCRIBE(ReviewId, id)
ASHLAR_TABLE(ReviewId, "reviews")

struct Line {
  TitleAndPages book;
  std::optional<WriterName> writer;
  std::optional<ReviewId> review;
};
ASHLAR_DESCRIBE(Line, book, writer, review)

struct StarsOf {
  std::int64_t stars = 0;
};
ASHLAR_DESCRIBE(StarsOf, stars)

struct BookLine {
  std::string title;
  std::vector<StarsOf> reviews;
};
ASHLAR_DESCRIBE(BookLine, title, reviews)

struct TitleOf {
  std::string title;
};
ASHLAR_DESCRIBE(TitleOf, title)

struct WriterWithBooks {
  std::string name;
  std::vector<TitleOf> books;
  std::optional<WriterName> mentor;
};
ASHLAR_DESCRIBE(WriterWithBooks, name, books, mentor)

struct WriterTree {
  std::string name;
  std::vector<BookLine> books;
};
ASHLAR_DESCRIBE(WriterTree, name, books)

struct BookWithWriter {
  std::int64_t id = 0;
  Writer writer;
};
ASHLAR_DESCRIBE(BookWithWriter, id, writer)

template <class T>
std::string json(const Result<T>& result) {
  return result ? schema::to_json(*result) : std::string(code_of(result)) + " " + result.error().cause();
}

// Counts what is sent through it.
class Counting final : public Executor {
 public:
  explicit Counting(Executor& to) : to_(to) {}
  [[nodiscard]] Dialect dialect() const override { return to_.dialect(); }
  Task<Result<Outcome>> execute(Statement statement) override {
    ++statements;
    return to_.execute(std::move(statement));
  }
  int statements = 0;

 private:
  Executor& to_;
};

TEST_P(Conformance, JoinsTablesIntoNestedStructs) {
  auto& db = open_with(shop_tables(GetParam()));
  ASSERT_TRUE(await(insert_many(writers()).run(db)) && await(insert_many(books()).run(db)));
  const auto joined = select<BookAndWriter>().from<Book>().join<Writer>(col<&Book::writer_id> == col<&Writer::id>);
  auto cheap = joined;
  cheap.where(col<&Writer::name> == "Ada" && col<&Book::price> < Money::of_minor_units(2000)).order_by(desc<&Book::id>);
  const auto found = await(cheap.all(db));
  ASSERT_TRUE(found) << found.error().cause();
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(0).book.title, "d");
  EXPECT_EQ(found->at(0).writer.name, "Ada");
  EXPECT_EQ(found->at(0).writer.id, 1);
  EXPECT_EQ(await(cheap.count(db)), 2);
  EXPECT_EQ(await(joined.count(db)), 4);
  EXPECT_EQ(await(joined.exists(db)), true);
  auto either = joined;
  either.where(col<&Writer::name> == "Bo" || col<&Book::title> == "b").order_by(asc<&Writer::name>, asc<&Book::id>);
  EXPECT_EQ((*await(either.one(db)))->book.title, "b");
  const auto page = await(either.page(2, 1).all_and_count(db));
  EXPECT_EQ(page->total, 2);
  EXPECT_EQ(page->rows.at(0).book.title, "c");
  auto by_columns = joined;
  by_columns.where(col<&Book::id> == col<&Writer::id>);
  EXPECT_EQ(await(by_columns.all(db))->size(), 1U);
}

TEST_P(Conformance, LeftJoinsKeepRowsWithoutAPartner) {
  auto& db = open_with(shop_tables(GetParam()));
  ASSERT_TRUE(await(insert_many(writers()).run(db)) && await(insert_many(books()).run(db)) &&
              await(insert_many(reviews()).run(db)));
  const auto lines = await(select<Line>()
                               .from<Book>()
                               .left_join<Writer>(col<&Book::writer_id> == col<&Writer::id>)
                               .left_join<Review>(col<&Review::book_id> == col<&Book::id> && col<&Review::stars> > 2)
                               .where(col<&Book::id>.in({1, 2, 5}))
                               .order_by(asc<&Book::id>, asc<&Review::id>)
                               .all(db));
  EXPECT_EQ(json(lines), R"([{"book":{"title":"a","pages":100},"writer":{"name":"Ada"},"review":{"id":1}},)"
                         R"({"book":{"title":"a","pages":100},"writer":{"name":"Ada"},"review":{"id":4}},)"
                         R"({"book":{"title":"b"},"writer":{"name":"Ada"}},)"
                         R"({"book":{"title":"e","pages":50}}])");
}

TEST_P(Conformance, IncludesWhatBelongsToEachRowByOneMoreQuery) {
  auto& db = open_with(shop_tables(GetParam()));
  ASSERT_TRUE(await(insert_many(writers()).run(db)) && await(insert_many(books()).run(db)));
  Counting counting(db);
  const auto query = select<WriterWithBooks>()
                         .from<Writer>()
                         .include<&WriterWithBooks::books>(many<&Writer::id, &Book::writer_id>(2)
                                                               .where(col<&Book::price> > Money::of_minor_units(600))
                                                               .order_by(desc<&Book::price>))
                         .include<&WriterWithBooks::mentor>(one<&Writer::mentor_id, &Writer::id>())
                         .order_by(asc<&Writer::name>);
  EXPECT_EQ(json(await(query.all(counting))),
            R"([{"name":"Ada","books":[{"title":"b"},{"title":"d"}],"mentor":{"name":"Cy"}},)"
            R"({"name":"Bo","books":[]},{"name":"Cy","books":[]}])");
  EXPECT_EQ(counting.statements, 3) << "one for the rows, one for each relation";
  EXPECT_EQ(schema::to_json(**await(query.one(db))),
            R"({"name":"Ada","books":[{"title":"b"},{"title":"d"}],"mentor":{"name":"Cy"}})");
  auto second = query;
  const auto page = await(second.page(2, 1).all_and_count(db));
  EXPECT_EQ(page->total, 3);
  EXPECT_EQ(page->rows.at(0).name, "Bo");
  auto none = query;
  Counting nothing(db);
  EXPECT_EQ(await(none.where(col<&Writer::id> == 9).all(nothing))->size(), 0U);
  EXPECT_EQ(nothing.statements, 1) << "there is nothing to include";
}

TEST_P(Conformance, IncludesWhatBelongsToTheIncluded) {
  auto& db = open_with(shop_tables(GetParam()));
  ASSERT_TRUE(await(insert_many(writers()).run(db)) && await(insert_many(books()).run(db)) &&
              await(insert_many(reviews()).run(db)));
  Counting counting(db);
  const auto trees = await(
      select<WriterTree>()
          .from<Writer>()
          .include<&WriterTree::books>(
              many<&Writer::id, &Book::writer_id>(10)
                  .order_by(asc<&Book::id>)
                  .include<&BookLine::reviews>(many<&Book::id, &Review::book_id>(2).order_by(desc<&Review::stars>)))
          .order_by(asc<&Writer::id>)
          .all(counting));
  EXPECT_EQ(json(trees), R"([{"name":"Ada","books":[{"title":"a","reviews":[{"stars":5},{"stars":3}]},)"
                         R"({"title":"b","reviews":[]},{"title":"d","reviews":[]}]},)"
                         R"({"name":"Bo","books":[{"title":"c","reviews":[{"stars":4}]}]},{"name":"Cy","books":[]}])");
  EXPECT_EQ(counting.statements, 3);
}

TEST_P(Conformance, ARowThatMustBeThereIs) {
  auto& db = open_with(shop_tables(GetParam()));
  ASSERT_TRUE(await(insert_many(writers()).run(db)) && await(insert_many(books()).run(db)));
  const auto query =
      select<BookWithWriter>().from<Book>().include<&BookWithWriter::writer>(one<&Book::writer_id, &Writer::id>());
  EXPECT_THROW((void)await(query.all(db)), std::logic_error) << "a book has no writer";
  auto known = query;
  const auto found = await(known.where(col<&Book::writer_id>.is_not_null()).order_by(asc<&Book::id>).all(db));
  ASSERT_TRUE(found) << found.error().cause();
  EXPECT_EQ(found->size(), 4U);
  EXPECT_EQ(found->at(0).writer.name, "Ada");
  EXPECT_EQ(found->at(1).writer.name, "Ada") << "several rows have the same one";
  EXPECT_EQ(found->at(2).writer.name, "Bo");
}

}  // namespace
}  // namespace ashlar::sql::conformance
