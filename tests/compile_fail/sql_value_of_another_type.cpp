// SPDX-License-Identifier: Apache-2.0
// refused: the value does not have the column's type
#include "tables.hpp"

auto query = from<Author>().where(col<&Author::shade> == "light");
