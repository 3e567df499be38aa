// SPDX-License-Identifier: Apache-2.0
// accepted
#include "tables.hpp"

auto find(Executor& db) { return from<Book>().where(col<&Book::title> == "x" && col<&Book::version> > 3).one(db); }
auto list(Executor& db) { return select<Summary>().from<Book>().order_by(asc<&Book::title>).all(db); }
auto change(Executor& db) { return update<Book>().set(col<&Book::title> = "x").all_rows().run(db); }
auto lock(Transaction& transaction) { return from<Book>().for_update(LockedRows::skip).all(transaction); }
auto store(Executor& db) { return insert(Book{}).on_conflict<&Book::id>().replace_all().run(db); }
auto join(Executor& db) {
  return select<BookAndAuthor>().from<Book>().join<Author>(col<&Book::author_id> == col<&Author::id>).all(db);
}
auto totals(Executor& db) {
  return select<Totals>()
      .from<Book>()
      .compute(count_rows.as<&Totals::books>(), sum<&Book::price>.or_zero().as<&Totals::value>())
      .one(db);
}
auto include(Executor& db) {
  return select<AuthorBooks>()
      .from<Author>()
      .include<&AuthorBooks::books>(many<&Author::id, &Book::author_id>(5))
      .all(db);
}
