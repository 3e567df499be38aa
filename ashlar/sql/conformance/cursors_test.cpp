// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/conformance/people.hpp"

#include <algorithm>
#include <stdexcept>

namespace ashlar::sql::conformance {
namespace {

using PersonSort = Sort<Person, &Person::created_at, &Person::age, &Person::name, &Person::active, &Person::score,
                        &Person::balance, &Person::note>;

const Cursors& cursors() {
  static const Cursors out({std::string(32, 'k')});
  return out;
}

std::optional<CursorText> cursor_of(const std::optional<std::string>& text) {
  return text ? std::optional(CursorText::of(*text)) : std::nullopt;
}

// Nine people with many equal values and NULL among them.
std::vector<Person> nine_people() {
  std::vector<Person> out;
  for (int number = 1; number <= 9; ++number) {
    auto one = person(number, std::string("Ängström ") + static_cast<char>('a' + number % 3));
    one.created_at = Timestamp::from_milliseconds(1'700'000'000'000 + number / 4);
    one.age = number % 3 == 0 ? std::nullopt : std::optional(Int<0, 150>::of(number % 2));
    one.score = number % 2 / 3.0;
    one.balance = Money::of_minor_units(number % 3 - 1);
    if (number % 2 == 0) one.note = std::string("n");
    out.push_back(std::move(one));
  }
  return out;
}

TEST_P(Conformance, GoesThroughAListForwardAndBack) {
  auto& db = open_with(people_table(GetParam()));
  ASSERT_TRUE(await(insert_many(nine_people()).run(db)));
  const auto page = [&](const Select<Person>& query, const std::optional<std::string>& cursor, int limit) {
    return await(query.cursor_page<&Person::id>(db, cursors(), cursor_of(cursor), limit));
  };
  const auto text = [](const CursorPage<Person>& found) { return numbers(Result<std::vector<Person>>(found.rows)); };
  std::vector<Select<Person>> lists;
  for (const auto name : PersonSort::names()) lists.push_back(from<Person>().order_by(*PersonSort::parse(name)));
  lists.push_back(from<Person>().order_by(asc<&Person::age>.nulls_last()));
  lists.push_back(from<Person>().order_by(desc<&Person::age>.nulls_first(), asc<&Person::note>.nulls_last()));
  lists.push_back(from<Person>().order_by(asc<&Person::active>, desc<&Person::age>, asc<&Person::score>));
  lists.push_back(from<Person>());
  for (std::size_t i = 0; i < lists.size(); ++i) {
    SCOPED_TRACE("list " + std::to_string(i));
    auto list = lists[i];
    list.where(col<&Person::id> != id_of(5));
    auto whole_list = list;
    const auto whole = numbers(await(whole_list.order_by(asc<&Person::id>).all(db)));
    ASSERT_EQ(whole.size(), 8U);

    std::string forward;
    std::vector<CursorPage<Person>> pages;
    std::optional<std::string> cursor;
    do {
      auto found = page(list, cursor, 3);
      ASSERT_TRUE(found) << found.error().cause();
      forward += text(*found);
      cursor = found->next;
      pages.push_back(std::move(*found));
    } while (cursor && pages.size() < 9);
    EXPECT_EQ(forward, whole);
    ASSERT_EQ(pages.size(), 3U);
    EXPECT_FALSE(pages[0].previous);
    ASSERT_TRUE(pages[2].previous);

    const auto second = page(list, pages[2].previous, 3);
    ASSERT_TRUE(second) << second.error().cause();
    EXPECT_EQ(text(*second), text(pages[1]));
    ASSERT_TRUE(second->next && second->previous);
    EXPECT_EQ(text(*page(list, second->next, 3)), text(pages[2]));
    const auto first = page(list, second->previous, 3);
    EXPECT_EQ(text(*first), text(pages[0]));
    EXPECT_FALSE(first->previous);
    EXPECT_EQ(text(*page(list, pages[0].next, 100)), whole.substr(3)) << "another limit is the same list";
  }
}

TEST_P(Conformance, ACursorStaysRightWhenRowsComeAndGo) {
  auto& db = open_with(people_table(GetParam()));
  ASSERT_TRUE(await(insert_many(six_people()).run(db)));
  const auto list = select<PersonName>().from<Person>().order_by(desc<&Person::created_at>);
  const auto page = [&](const std::optional<std::string>& cursor) {
    return *await(list.cursor_page<&Person::id>(db, cursors(), cursor_of(cursor), 2));
  };
  const auto first = page({});  // 6, 5
  ASSERT_TRUE(await(insert(person(7, "New")).run(db)));
  ASSERT_TRUE(await(erase<Person>().where(col<&Person::id>.in({id_of(5), id_of(4)})).run(db)));
  const auto second = page(first.next);
  ASSERT_EQ(second.rows.size(), 2U);
  EXPECT_EQ(second.rows[0].id, id_of(3));
  const auto back = page(second.previous);
  ASSERT_EQ(back.rows.size(), 2U);
  EXPECT_EQ(back.rows[0].id, id_of(7));
  EXPECT_EQ(back.rows[1].id, id_of(6));
  EXPECT_EQ(page(second.next).rows.at(0).id, id_of(1));
  EXPECT_FALSE(page(second.next).next);
  ASSERT_TRUE(await(erase<Person>().all_rows().run(db)));
  const auto empty = page(second.next);
  EXPECT_TRUE(empty.rows.empty());
  EXPECT_FALSE(empty.next || empty.previous);
}

TEST_P(Conformance, RefusesTheCursorOfAnotherList) {
  auto& db = open_with(people_table(GetParam()));
  ASSERT_TRUE(await(insert_many(nine_people()).run(db)));
  const auto list = from<Person>().where(col<&Person::score> < 9).order_by(desc<&Person::created_at>);
  const auto code = [&](const auto& query, const std::string& cursor, const Cursors& keys = cursors()) {
    return std::string(code_of(await(query.template cursor_page<&Person::id>(db, keys, CursorText::of(cursor), 3))));
  };
  const auto cursor = *(*await(list.cursor_page<&Person::id>(db, cursors(), {}, 3))).next;
  EXPECT_EQ(code(list, cursor), "no error");
  EXPECT_EQ(errors::invalid_cursor.kind, ErrorKind::invalid);

  const std::string refused = "sql.invalid_cursor";
  EXPECT_EQ(code(from<Person>().where(col<&Person::score> < 9).order_by(asc<&Person::created_at>), cursor), refused);
  EXPECT_EQ(code(from<Person>().where(col<&Person::score> < 8).order_by(desc<&Person::created_at>), cursor), refused);
  EXPECT_EQ(code(from<Person>().order_by(desc<&Person::created_at>), cursor), refused);
  EXPECT_EQ(code(select<PersonName>().from<Person>().where(col<&Person::score> < 9).order_by(desc<&Person::created_at>),
                 cursor),
            refused);
  for (std::size_t at = 0; at < cursor.size(); ++at) {
    auto changed = cursor;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(code(list, changed), refused) << at;
  }
  const auto dot = cursor.find('.');
  for (const auto& text : {std::string("."), std::string("a"), std::string("' or 1=1 --"), cursor + "A", "." + cursor,
                           cursor.substr(0, dot), cursor.substr(dot), std::string(4096, 'A')}) {
    EXPECT_EQ(code(list, text), refused) << text;
  }

  // Keys that are changed: the new one signs, the old one is still believed, until it is dropped.
  const Cursors changed({std::string(32, 'n'), std::string(32, 'k')});
  const Cursors dropped({std::string(32, 'n')});
  EXPECT_EQ(code(list, cursor, changed), "no error");
  EXPECT_EQ(code(list, cursor, dropped), refused);
  const auto newer = *(*await(list.cursor_page<&Person::id>(db, changed, {}, 3))).next;
  EXPECT_EQ(code(list, newer, dropped), "no error");
  EXPECT_THROW(Cursors({"short"}), std::invalid_argument);
  EXPECT_THROW((void)code(select<PersonName>().from<Person>().distinct(), cursor), std::logic_error);
}

}  // namespace
}  // namespace ashlar::sql::conformance
