// SPDX-License-Identifier: Apache-2.0
// refused: the aggregate can be NULL
#include "tables.hpp"

auto query =
    select<Totals>().from<Book>().compute(count_rows.as<&Totals::books>(), sum<&Book::price>.as<&Totals::value>());
