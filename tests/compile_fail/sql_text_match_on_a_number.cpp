// SPDX-License-Identifier: Apache-2.0
// refused: this column does not hold text
#include "tables.hpp"

auto condition = contains(col<&Book::version>, "1");
