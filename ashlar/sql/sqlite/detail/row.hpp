// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/value.hpp"

struct sqlite3_stmt;

namespace ashlar::sql::sqlite::detail {

// The current row of a statement.
class StatementRow final : public Row {
 public:
  explicit StatementRow(sqlite3_stmt* statement);

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
  int checked(std::size_t column) const;
  [[noreturn]] void refuse(std::size_t column, const char* wanted) const;

  sqlite3_stmt* statement_;
  std::size_t columns_;
};

}  // namespace ashlar::sql::sqlite::detail
