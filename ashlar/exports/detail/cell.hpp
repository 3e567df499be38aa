// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/type.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::exports::detail {

// One value of a row, for a format that has columns. `type` and `value` are those of the value inside an optional or a
// nullable.
struct Cell {
  enum class Kind : std::uint8_t {
    empty,      // an optional or nullable without a value
    text,       // free text, which a spreadsheet could take for a formula
    word,       // a string whose alphabet has no formula: UUIDs, names of enumerators
    integer,    //
    amount,     // minor units, get_integer
    number,     // a double, get_number
    boolean,    //
    moment,     // milliseconds since the epoch, get_integer
    composite,  // an array or an object: one cell with its JSON
  };
  Kind kind;
  const schema::Type* type;
  const void* value;
};

// The members of a row type that are exported: all but passwords.
[[nodiscard]] std::vector<const schema::Member*> columns_of(const schema::Type& row);

[[nodiscard]] Cell cell_of(const schema::Member& column, const void* row);

}  // namespace ashlar::exports::detail
