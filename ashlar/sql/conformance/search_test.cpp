// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/conformance/people.hpp"

namespace ashlar::sql::conformance {
namespace {

struct Note {
  Uuid id;
  std::string title;
  std::optional<std::string> number;  // a name that the index has, too
  bool shown = true;
  Uuid writer_id;
};
ASHLAR_DESCRIBE(Note, id, title, number, shown, writer_id)
ASHLAR_TABLE(Note, "notes")

struct Editor {
  Uuid id;
  std::string name;
};
ASHLAR_DESCRIBE(Editor, id, name)
ASHLAR_TABLE(Editor, "editors")

struct NoteAndEditor {
  Note note;
  Editor editor;
};
ASHLAR_DESCRIBE(NoteAndEditor, note, editor)

inline constexpr SearchIndex<&Note::id, &Note::title, &Note::number> note_search{"note_search"};

std::string notes_tables(const Driver& driver) {
  return "create table notes (id " + driver.uuid + " primary key, title text not null, number text, shown boolean " +
         "not null, writer_id " + driver.uuid + " not null);create table editors (id " + driver.uuid +
         " primary key, name text not null);";
}

Note note(int number, std::string title, std::optional<std::string> text) {
  return {.id = id_of(number),
          .title = std::move(title),
          .number = std::move(text),
          .shown = number != 4,
          .writer_id = id_of(100)};
}

TEST_P(Conformance, FindsRowsByTheirWordsBestFirst) {
  auto& db = open_with(notes_tables(GetParam()), {.schema = Wanted::Schema::trusted});
  ASSERT_TRUE(await(insert(note(1, "Old bread", "made of rye")).run(db))) << "there before the index";
  ASSERT_TRUE(db.run_script(note_search.create_sql(db.dialect())));
  ASSERT_TRUE(await(insert_many(std::vector{note(2, "BREAD, bread and bread", "bread"), note(3, "Käse", "von der Alm"),
                                            note(4, "Hidden bread", std::nullopt), note(5, "it's \"quoted\" c++", "-")})
                        .run(db)));
  const auto found = [&](std::string_view words) {
    return numbers(await(from<Note>().search(note_search, words).where(col<&Note::shown> == true).all(db)));
  };
  EXPECT_EQ(found("bread"), "21") << "the one that has it more often comes first";
  EXPECT_EQ(found("rye bread"), "1") << "all words, in any column";
  EXPECT_EQ(found("OLD"), "1");
  EXPECT_EQ(found("käse"), "3");
  EXPECT_EQ(found("KÄSE"), "3");
  EXPECT_EQ(found("kase"), "") << "accents count";
  EXPECT_EQ(found("brea"), "") << "whole words";
  EXPECT_EQ(found("bread cheese"), "");
  for (const char* nothing : {"", " ", "\"", "-", "*", "()", "' or 1=1 --"}) EXPECT_EQ(found(nothing), "") << nothing;
  for (const char* words : {"quoted", "\"quoted\"", "quoted*", "-quoted", "title:quoted OR", "NEAR(quoted", "it's"}) {
    const auto rows = found(words);
    EXPECT_TRUE(rows.empty() || rows == "5") << words << ": " << rows;
  }
  EXPECT_EQ(found("\"quoted\""), "5");

  const auto list = from<Note>().search(note_search, "bread");
  EXPECT_EQ(await(list.count(db)), 3);
  EXPECT_EQ(await(list.exists(db)), true);
  EXPECT_EQ((*await(list.one(db)))->id, id_of(2));
  auto page = list;
  EXPECT_EQ(numbers(await(page.order_by(desc<&Note::id>).page(2, 2).all(db))), "1") << "another order";
  auto all = from<Note>().search_if(note_search, std::optional<std::string>{});
  EXPECT_EQ(await(all.count(db)), 5);
}

TEST_P(Conformance, ASearchFollowsWhatChanges) {
  auto& db = open_with(notes_tables(GetParam()), {.schema = Wanted::Schema::trusted});
  ASSERT_TRUE(db.run_script(note_search.create_sql(db.dialect())));
  const auto inserted =
      await(insert_many(std::vector{note(1, "apple", std::nullopt), note(2, "pear", "apple")}).run(db));
  ASSERT_TRUE(inserted) << inserted.error().cause();
  ASSERT_TRUE(await(insert(Editor{.id = id_of(100), .name = "Ada"}).run(db)));
  const auto found = [&](std::string_view words) {
    return numbers(await(from<Note>().search(note_search, words).order_by(asc<&Note::id>).all(db)));
  };
  EXPECT_EQ(found("apple"), "12");
  EXPECT_EQ(
      await(update<Note>().set(col<&Note::title> = "plum").where(col<&Note::id> == id_of(1)).run(db))->rows_affected,
      1);
  EXPECT_EQ(found("apple"), "2");
  EXPECT_EQ(found("plum"), "1");
  EXPECT_TRUE(await(update<Note>().set(col<&Note::id> = id_of(3)).where(col<&Note::id> == id_of(1)).run(db)));
  EXPECT_EQ(found("plum"), "3");
  EXPECT_EQ(await(erase<Note>().where(col<&Note::id> == id_of(2)).run(db))->rows_affected, 1);
  EXPECT_EQ(found("apple"), "");
  const auto joined = await(select<NoteAndEditor>()
                                .from<Note>()
                                .join<Editor>(col<&Note::writer_id> == col<&Editor::id>)
                                .search(note_search, "plum")
                                .all(db));
  ASSERT_TRUE(joined) << joined.error().cause();
  EXPECT_EQ(joined->at(0).editor.name, "Ada");
  ASSERT_TRUE(db.run_script(note_search.drop_sql(db.dialect())));
  EXPECT_TRUE(await(insert(note(9, "apple", std::nullopt)).run(db)));
}

}  // namespace
}  // namespace ashlar::sql::conformance
