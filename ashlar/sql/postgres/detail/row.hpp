// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/value.hpp"

#include <libpq-fe.h>

#include <array>
#include <optional>

namespace ashlar::sql::postgres::detail {

// A row of a result in binary form. Beside what sql::Row says: text() reads text, varchar, char, name, json, jsonb, xml
// and the labels of enums; integer() and number() read a numeric, integer() only one that is whole and fits.
class ResultRow final : public Row {
 public:
  explicit ResultRow(const PGresult* result);
  void move_to(int row) { row_ = row; }

  [[nodiscard]] std::size_t columns() const override { return columns_; }
  [[nodiscard]] std::string_view name(std::size_t column) const override;
  [[nodiscard]] bool is_null(std::size_t column) const override;
  [[nodiscard]] bool boolean(std::size_t column) const override;
  [[nodiscard]] std::int64_t integer(std::size_t column) const override;
  [[nodiscard]] double number(std::size_t column) const override;
  [[nodiscard]] std::string_view text(std::size_t column) const override;
  [[nodiscard]] std::string_view blob(std::size_t column) const override;
  [[nodiscard]] Uuid uuid(std::size_t column) const override;
  [[nodiscard]] Timestamp timestamp(std::size_t column) const override;

 private:
  [[nodiscard]] int checked(std::size_t column) const {
    if (column < columns_) return static_cast<int>(column);
    out_of_range(column);
  }
  [[noreturn]] void out_of_range(std::size_t column) const;
  [[nodiscard]] Oid type(std::size_t column) const {
    return column < types_.size() ? types_[column] : PQftype(result_, static_cast<int>(column));
  }
  [[nodiscard]] std::string_view bytes(std::size_t column, const char* wanted) const;
  [[noreturn]] void refuse(std::size_t column, const char* wanted) const;

  const PGresult* result_;
  std::size_t columns_;
  std::array<Oid, 16> types_;  // of the first columns, so that not each row asks for them
  int row_ = 0;
};

// The binary form of a numeric (src/backend/utils/adt/numeric.c, numeric_send). nullopt: not a whole number, or over
// 64 bits.
std::optional<std::int64_t> integer_of_numeric(std::string_view bytes);
double number_of_numeric(std::string_view bytes);  // the nearest double

}  // namespace ashlar::sql::postgres::detail
