// SPDX-License-Identifier: Apache-2.0
// refused: non-const lvalue reference to type 'TransactionalExecutor' cannot bind
#include "tables.hpp"

auto run(Database& db) { return from<Book>().for_update().all(db); }
