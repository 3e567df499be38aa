// SPDX-License-Identifier: Apache-2.0
// refused: the member's type is not the aggregate's
#include "tables.hpp"

auto query = select<Totals>().from<Book>().compute(sum<&Book::price>.or_zero().as<&Totals::books>(),
                                                   sum<&Book::price>.or_zero().as<&Totals::value>());
