// SPDX-License-Identifier: Apache-2.0
// refused: a member of the smaller struct is not a column of the table
#include "tables.hpp"

auto run(Executor& db) { return select<AuthorBooks>().from<Author>().all(db); }
