// SPDX-License-Identifier: Apache-2.0
// refused: this column is never NULL
#include "tables.hpp"

auto query = update<Author>().set(col<&Author::name> = std::nullopt);
