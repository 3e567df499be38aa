// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/aggregate.hpp"    // IWYU pragma: export
#include "ashlar/sql/cursor.hpp"       // IWYU pragma: export
#include "ashlar/sql/exists.hpp"       // IWYU pragma: export
#include "ashlar/sql/find.hpp"         // IWYU pragma: export
#include "ashlar/sql/include.hpp"      // IWYU pragma: export
#include "ashlar/sql/insert.hpp"       // IWYU pragma: export
#include "ashlar/sql/join.hpp"         // IWYU pragma: export
#include "ashlar/sql/json_column.hpp"  // IWYU pragma: export
#include "ashlar/sql/modify.hpp"       // IWYU pragma: export
#include "ashlar/sql/raw.hpp"          // IWYU pragma: export
#include "ashlar/sql/search.hpp"       // IWYU pragma: export
#include "ashlar/sql/select.hpp"       // IWYU pragma: export
#include "ashlar/sql/sort.hpp"         // IWYU pragma: export
#include "ashlar/sql/text_match.hpp"   // IWYU pragma: export

// Typed queries. A query is a value that is built and then sent to an Executor (a Database or a Transaction), once or
// more often. Statements consist of column names and parameters; a value is never part of the text.
//
//   auto rows = co_await from<User>()
//                   .where(col<&User::role> == Role::user)
//                   .where_if(in.min_age, [](auto age) { return col<&User::age> >= age; })
//                   .order_by(in.sort, asc<&User::id>)
//                   .page(in.page, in.limit)
//                   .all(db);                                       // Result<std::vector<User>>
//   auto user = co_await find<&User::id>(id).one(db);               // Result<std::optional<User>>
//
// The executor must live until the task has ended. Where to look: docs/guide/queries.md, and
//   column.hpp, text_match.hpp    conditions           select.hpp, clauses.hpp       reads of one table
//   list_column.hpp               items of lists       exists.hpp                    rows of another table
//   order.hpp, sort.hpp           orders               cursor.hpp                    pages from a place on
//   join.hpp, include.hpp         several tables       aggregate.hpp                 counts, sums, groups
//   find.hpp                      a row by its key     search.hpp                    full-text search
//   insert.hpp                    inserts, upserts     modify.hpp, assignment.hpp    updates and deletes
//   raw.hpp                       SQL by hand          json_column.hpp               conditions inside of JSON
