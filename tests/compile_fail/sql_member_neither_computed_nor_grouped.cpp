// SPDX-License-Identifier: Apache-2.0
// refused: a member is neither an aggregate nor a column of group_by
#include "tables.hpp"

auto query = select<Totals>().from<Book>().group_by<&Book::title>().compute(count_rows.as<&Totals::books>());
