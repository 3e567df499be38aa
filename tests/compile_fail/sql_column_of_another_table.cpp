// SPDX-License-Identifier: Apache-2.0
// refused: no matching member function for call to 'where'
#include "tables.hpp"

auto query = from<Book>().where(col<&Author::name> == "Ada");
