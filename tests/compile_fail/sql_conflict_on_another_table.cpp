// SPDX-License-Identifier: Apache-2.0
// refused: the column belongs to another table
#include "tables.hpp"

auto query = insert(Book{}).on_conflict<&Author::id>().do_nothing();
