// SPDX-License-Identifier: Apache-2.0
// refused: the two columns have different types
#include "tables.hpp"

auto condition = col<&Book::price> < col<&Book::version>;
