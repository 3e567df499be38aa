// SPDX-License-Identifier: Apache-2.0
// refused: for NULL there is is_null()
#include "tables.hpp"

auto query = from<Author>().where(col<&Author::age> == std::optional<std::int64_t>(3));
