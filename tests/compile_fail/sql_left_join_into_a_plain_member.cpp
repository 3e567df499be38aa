// SPDX-License-Identifier: Apache-2.0
// refused: the row of a left join can be absent: make the member std::optional
#include "tables.hpp"

auto run(Executor& db) {
  return select<BookAndAuthor>().from<Book>().left_join<Author>(col<&Book::author_id> == col<&Author::id>).all(db);
}
