// SPDX-License-Identifier: Apache-2.0
// refused: the two keys of a relation have different types
#include "tables.hpp"

auto relation = many<&Author::name, &Book::author_id>(5);
