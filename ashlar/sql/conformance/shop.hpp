// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/json.hpp"
#include "ashlar/sql/conformance/people.hpp"

#include <string>
#include <vector>

// Tables that refer to each other: writers, their books, and the books' reviews.
namespace ashlar::sql::conformance {

struct Writer {
  std::int64_t id = 0;
  std::string name;
  std::optional<std::int64_t> mentor_id;
};
ASHLAR_DESCRIBE(Writer, id, name, mentor_id)
ASHLAR_TABLE(Writer, "writers")

struct Book {
  std::int64_t id = 0;
  std::optional<std::int64_t> writer_id;
  std::string title;
  Money price;
  std::optional<std::int64_t> pages;
  Timestamp printed_at;
};
ASHLAR_DESCRIBE(Book, id, writer_id, title, price, pages, printed_at)
ASHLAR_TABLE(Book, "books")

struct Review {
  std::int64_t id = 0;
  std::int64_t book_id = 0;
  std::int64_t stars = 0;
};
ASHLAR_DESCRIBE(Review, id, book_id, stars)
ASHLAR_TABLE(Review, "reviews")

inline std::string shop_tables(const Driver& driver) {
  return "create table writers (id bigint primary key, name text not null, mentor_id bigint);"
         "create table books (id bigint primary key, writer_id bigint references writers, title text not null, "
         "price bigint not null, pages bigint, printed_at " +
         driver.timestamp +
         " not null);"
         "create table reviews (id bigint primary key, book_id bigint not null references books, stars bigint not "
         "null);";
}

inline std::vector<Writer> writers() {
  return {{.id = 1, .name = "Ada", .mentor_id = 3},
          {.id = 2, .name = "Bo", .mentor_id = std::nullopt},
          {.id = 3, .name = "Cy", .mentor_id = std::nullopt}};
}

inline Book book(std::int64_t id, std::optional<std::int64_t> writer, std::string title, std::int64_t price,
                 std::optional<std::int64_t> pages) {
  return {.id = id,
          .writer_id = writer,
          .title = std::move(title),
          .price = Money::of_minor_units(price),
          .pages = pages,
          .printed_at = Timestamp::from_milliseconds(1'000 * id)};
}

// Ada has three books, Bo one, Cy none; one book has no writer.
inline std::vector<Book> books() {
  return {book(1, 1, "a", 1000, 100), book(2, 1, "b", 2001, std::nullopt), book(3, 2, "c", 500, 300),
          book(4, 1, "d", 1500, 200), book(5, std::nullopt, "e", 99, 50)};
}

inline std::vector<Review> reviews() {
  return {{.id = 1, .book_id = 1, .stars = 5},
          {.id = 2, .book_id = 1, .stars = 2},
          {.id = 3, .book_id = 3, .stars = 4},
          {.id = 4, .book_id = 1, .stars = 3}};
}

}  // namespace ashlar::sql::conformance
