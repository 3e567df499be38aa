// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/sql/database.hpp"

#include <libpq-fe.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::sql::postgres::detail {

// A column's type on the server.
struct ColumnType {
  enum class Form : std::uint8_t { own, text } form = Form::own;  // text: an enum or citext, which have no fixed OID
  Oid number = 0;
};

// Encodes rows for a table in the binary format of COPY (PostgreSQL 15, SQL commands, COPY, "Binary Format").
class CopyRows {
 public:
  static constexpr std::size_t piece_bytes = 64 * 1024;  // plus at most one row

  // Whether each member's values have the binary form of their column.
  static bool can_write(const schema::Type& row, const std::vector<ColumnType>& columns);

  // `columns`: one for each member, each with a supported type.
  CopyRows(BulkRows rows, std::vector<ColumnType> columns) : rows_(rows), columns_(std::move(columns)) {}

  [[nodiscard]] std::string command() const;
  // The next piece to send, valid until the next call; empty after the last. An error is stored, and ends it. Errors:
  // sql.invalid_text, sql.invalid_number, database.failed for an integer out of its column's range.
  Result<std::string_view> next_piece();
  [[nodiscard]] const std::optional<Error>& refusal() const { return refusal_; }

 private:
  Result<> append_row();
  Result<> append_value(const Value& value, std::size_t column);
  Result<> append_integer(std::int64_t value, std::size_t column);
  Result<> append_text(std::string_view text, const ColumnType& column);
  void append_length(std::size_t bytes);

  BulkRows rows_;
  std::vector<ColumnType> columns_;
  enum class Stage : std::uint8_t { fresh, rows, ended } stage_ = Stage::fresh;
  std::size_t next_row_ = 0;
  std::string piece_;
  std::vector<Value> values_;  // of one row
  std::optional<Error> refusal_;
};

}  // namespace ashlar::sql::postgres::detail
