// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/query.hpp"

// The tables of the queries in this folder.
enum class Shade { light, dark };
ASHLAR_DESCRIBE_ENUM(Shade, light, dark)

struct Author {
  ashlar::Uuid id;
  std::string name;
  std::optional<std::int64_t> age;
  Shade shade{};
};
ASHLAR_DESCRIBE(Author, id, name, age, shade)
ASHLAR_TABLE(Author, "authors")

struct Book {
  ashlar::Uuid id;
  ashlar::Uuid author_id;
  std::string title;
  ashlar::Money price;
  std::int64_t version = 0;
};
ASHLAR_DESCRIBE(Book, id, author_id, title, price, version)
ASHLAR_TABLE(Book, "books")

struct Summary {
  ashlar::Uuid id;
  std::string title;
};
ASHLAR_DESCRIBE(Summary, id, title)

struct BookAndAuthor {
  Book book;
  Author author;
};
ASHLAR_DESCRIBE(BookAndAuthor, book, author)

struct AuthorBooks {
  std::string name;
  std::vector<Summary> books;
};
ASHLAR_DESCRIBE(AuthorBooks, name, books)

struct Totals {
  std::int64_t books = 0;
  ashlar::Money value;
};
ASHLAR_DESCRIBE(Totals, books, value)

using namespace ashlar;
using namespace ashlar::sql;
