// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/sql/dialect.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ashlar::sql {

using Null = std::monostate;
using Bytes = std::vector<std::byte>;

// A bound parameter, owned by the statement. Each driver sends it in its native form: a Timestamp is milliseconds in
// SQLite and a timestamptz in PostgreSQL, a Uuid is text in SQLite and a uuid in PostgreSQL, Money is a bigint of minor
// units in both. Text with a NUL byte or with ill-formed UTF-8 is refused (sql.invalid_text), since PostgreSQL cannot
// store it; so is a NaN (sql.invalid_number), which SQLite cannot store.
using Value = std::variant<Null, bool, std::int64_t, double, std::string, Bytes, Uuid, Timestamp>;

// A row of a result while it is being read: views are valid until the next row. Columns count from 0. Reading another
// type than the column's throws std::logic_error: the query and the struct disagree, which is our bug. Lossless
// conversions are made (integer to double, SQLite's integers to bool).
class Row {
 public:
  Row() = default;
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  [[nodiscard]] virtual std::size_t columns() const = 0;
  [[nodiscard]] virtual std::string_view name(std::size_t column) const = 0;
  [[nodiscard]] virtual bool is_null(std::size_t column) const = 0;
  [[nodiscard]] virtual bool boolean(std::size_t column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(std::size_t column) const = 0;
  [[nodiscard]] virtual double number(std::size_t column) const = 0;
  [[nodiscard]] virtual std::string_view text(std::size_t column) const = 0;
  [[nodiscard]] virtual std::string_view blob(std::size_t column) const = 0;
  [[nodiscard]] virtual Uuid uuid(std::size_t column) const = 0;
  [[nodiscard]] virtual Timestamp timestamp(std::size_t column) const = 0;

 protected:
  ~Row() = default;
};

}  // namespace ashlar::sql
