// SPDX-License-Identifier: Apache-2.0
// refused: the condition of a join has to name the table that is joined
#include "tables.hpp"

auto query = select<BookAndAuthor>().from<Book>().join<Author>(col<&Book::version> == 3);
