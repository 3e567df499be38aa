// SPDX-License-Identifier: Apache-2.0
// refused: the condition of a join must use the joined table
#include "tables.hpp"

auto query = select<BookAndAuthor>().from<Book>().join<Author>(col<&Book::version> == 3);
