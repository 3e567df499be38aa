// SPDX-License-Identifier: Apache-2.0
// refused: the member has another type than what is computed for it
#include "tables.hpp"

auto query = select<Totals>().from<Book>().compute(sum<&Book::price>.or_zero().as<&Totals::books>(),
                                                   sum<&Book::price>.or_zero().as<&Totals::value>());
