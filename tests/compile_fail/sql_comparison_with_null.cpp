// SPDX-License-Identifier: Apache-2.0
// refused: use is_null() for NULL
#include "tables.hpp"

auto query = from<Author>().where(col<&Author::age> == std::optional<std::int64_t>(3));
