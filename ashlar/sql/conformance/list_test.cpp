// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/list.hpp"

#include "ashlar/sql/conformance/people.hpp"

namespace ashlar::sql::conformance {
namespace {

Statement count_all() {
  return {.sql = "select count(*) from people", .parameters = {}, .mode = Mode::read, .on_row = {}};
}

// "6543 of 12", or "6543 of more than 4".
std::string text(const Result<ListPage<Person>>& page) {
  if (!page) return std::string(code_of(page)) + ": " + page.error().cause();
  return numbers(Result<std::vector<Person>>(page->rows)) + " of " +
         (page->kind == TotalKind::exact ? "" : "more than ") + std::to_string(page->total);
}

TEST_P(Conformance, ReadsAPageWithItsTotal) {
  auto& db = open_with(people_table(GetParam()));
  ASSERT_TRUE(await(insert_many(six_people()).run(db)));
  const auto people = list<Person>().order_by(desc<&Person::created_at>, desc<&Person::id>);
  EXPECT_EQ(text(await(people.page_with_total(db, 1, 4, count_all()))), "6543 of 6");
  EXPECT_EQ(text(await(people.page_with_total(db, 2, 4, count_all()))), "21 of 6");
  EXPECT_EQ(text(await(people.page_with_total(db, 3, 4, count_all()))), " of 6");
}

TEST_P(Conformance, CountsUpToABound) {
  auto& db = open_with(people_table(GetParam()));
  ASSERT_TRUE(await(insert_many(six_people()).run(db)));
  const auto people = list<Person>().where(col<&Person::id> != id_of(6)).order_by(asc<&Person::id>);
  EXPECT_EQ(text(await(people.page_counted_to(db, 1, 2, 10))), "12 of 5");
  EXPECT_EQ(text(await(people.page_counted_to(db, 1, 2, 5))), "12 of 5");
  EXPECT_EQ(text(await(people.page_counted_to(db, 1, 2, 4))), "12 of more than 4");
  EXPECT_EQ(text(await(people.page_counted_to(db, 3, 2, 4))), "5 of more than 4") << "what is not counted is there";
}

// With 2,400 rows pages behind the 1,000th wait for the total, and those in the second half are read from the end.
TEST_P(Conformance, ReadsDeepPagesFromTheNearerEnd) {
  auto& db = open_with(people_table(GetParam()));
  std::vector<Person> people;
  for (int number = 1; number <= 2'400; ++number) {
    auto one = person(1, "Name " + std::to_string(number % 7));
    std::array<std::uint8_t, 16> id{};
    id[14] = static_cast<std::uint8_t>(number / 256);
    id[15] = static_cast<std::uint8_t>(number % 256);
    one.id = Uuid(id);
    one.email = Email::of("p" + std::to_string(number) + "@example.com");
    if (number % 5 == 0) one.age.reset();
    people.push_back(std::move(one));
  }
  ASSERT_TRUE(await(insert_many(people).run(db)));
  using Order = std::pair<sql::Order<Person>, sql::Order<Person>>;
  for (const auto& [first, last] :
       {Order(asc<&Person::name>, asc<&Person::id>), Order(desc<&Person::age>, desc<&Person::id>)}) {
    const auto all = await(from<Person>().order_by(first, last).all(db));
    ASSERT_TRUE(all) << all.error().cause();
    for (const std::size_t limit : {7U, 100U}) {
      for (const std::size_t page : {1U, 10U, 11U, 12U, 13U, 24U, 25U, 150U, 171U, 342U, 343U, 344U}) {
        const auto read = await(list<Person>().order_by(first, last).page_with_total(db, page, limit, count_all()));
        ASSERT_TRUE(read) << read.error().cause();
        EXPECT_EQ(read->total, 2'400);
        const std::size_t offset = std::min((page - 1) * limit, all->size());
        const std::size_t rows = std::min(limit, all->size() - offset);
        ASSERT_EQ(read->rows.size(), rows) << "page " << page << " of " << limit;
        for (std::size_t i = 0; i < rows; ++i)
          EXPECT_EQ(read->rows[i].id, (*all)[offset + i].id) << "page " << page << " of " << limit << ", row " << i;
      }
    }
  }
}

TEST_P(Conformance, ACursorFollowsTheDirectionOfTheTieBreak) {
  auto& db = open_with(people_table(GetParam()));
  auto people = six_people();
  for (auto& one : people) one.name = Text<1, 40>::of("Ada");
  ASSERT_TRUE(await(insert_many(people).run(db)));
  const Cursors cursors({std::string(32, 'k')});
  const auto newest = list<Person>().order_by(desc<&Person::name>, tie_break<&Person::id>(desc<&Person::name>));
  const auto first = await(newest.cursor_page<&Person::id>(db, cursors, std::nullopt, 4));
  ASSERT_TRUE(first) << first.error().cause();
  EXPECT_EQ(numbers(Result<std::vector<Person>>(first->rows)), "6543");
  const auto second = await(newest.cursor_page<&Person::id>(db, cursors, CursorText::of(*first->next), 4));
  ASSERT_TRUE(second) << second.error().cause();
  EXPECT_EQ(numbers(Result<std::vector<Person>>(second->rows)), "21");
}

}  // namespace
}  // namespace ashlar::sql::conformance
