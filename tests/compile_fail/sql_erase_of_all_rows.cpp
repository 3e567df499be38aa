// SPDX-License-Identifier: Apache-2.0
// refused: say which rows: .where(...), or .all_rows() when all are meant
#include "tables.hpp"

auto run(Executor& db) { return erase<Book>().run(db); }
