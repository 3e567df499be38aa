// SPDX-License-Identifier: Apache-2.0
// refused: the two keys have different types
#include "tables.hpp"

auto condition = exists<&Author::name, &Book::author_id>();
