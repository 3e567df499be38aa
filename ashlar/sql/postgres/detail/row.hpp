// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/value.hpp"

#include <libpq-fe.h>

#include <array>
#include <optional>

namespace ashlar::sql::postgres::detail {

// A row of a result in binary form. In addition to sql::Row: text() reads text, varchar, char, name, json, jsonb, xml
// and the labels of enums; integer() and number() read a numeric, integer() only if it is whole and in range.
class ResultRow final : public Row {
 public:
  explicit ResultRow(const PGresult* result);
  void move_to(int row);  // call it first

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
  struct Cell {
    const char* bytes = nullptr;  // null: NULL
    std::size_t length = 0;
    Oid type = 0;
    [[nodiscard]] std::string_view view() const { return {bytes, length}; }
  };
  static constexpr std::size_t cells_kept = 16;

  [[nodiscard]] int checked(std::size_t column) const {
    if (column < columns_) return static_cast<int>(column);
    out_of_range(column);
  }
  [[noreturn]] void out_of_range(std::size_t column) const;
  [[nodiscard]] Cell cell(std::size_t column) const {
    if (column < kept_) [[likely]]
      return cells_[column];
    return other_cell(column);
  }
  [[nodiscard]] Cell other_cell(std::size_t column) const;
  [[nodiscard]] Cell read_cell(std::size_t column, Oid type) const;
  [[nodiscard]] Cell held(std::size_t column, const char* wanted) const {
    const Cell out = cell(column);
    if (out.bytes == nullptr) refuse(column, wanted);
    return out;
  }
  [[noreturn]] void refuse(std::size_t column, const char* wanted) const;

  const PGresult* result_;
  std::size_t columns_;
  std::size_t kept_;                      // columns whose cells are in cells_: the first ones
  std::array<Cell, cells_kept> cells_{};  // of the row, so that libpq is called once for each
  int row_ = 0;
};

// The binary form of a numeric (src/backend/utils/adt/numeric.c, numeric_send). nullopt: not a whole number, or over
// 64 bits.
std::optional<std::int64_t> integer_of_numeric(std::string_view bytes);
double number_of_numeric(std::string_view bytes);  // the nearest double

}  // namespace ashlar::sql::postgres::detail
