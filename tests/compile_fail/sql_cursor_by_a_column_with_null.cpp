// SPDX-License-Identifier: Apache-2.0
// refused: a column that can be NULL makes no order complete
#include "tables.hpp"

auto run(Executor& db, const Cursors& cursors) {
  return from<Author>().cursor_page<&Author::age>(db, cursors, std::nullopt, 20);
}
