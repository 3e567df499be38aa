// SPDX-License-Identifier: Apache-2.0
// refused: select the rows: .where(...), or .all_rows() for all
#include "tables.hpp"

auto run(Executor& db) { return erase<Book>().run(db); }
