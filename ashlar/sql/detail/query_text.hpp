// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/order.hpp"

#include <span>

namespace ashlar::sql::detail {

// Builds a statement's text with its parameters, in one database's dialect. A program produces a fixed number of texts:
// values are always parameters.
class QueryText {
 public:
  explicit QueryText(Dialect dialect) : dialect_(dialect) { statement_.sql.reserve(256); }

  [[nodiscard]] Dialect dialect() const { return dialect_; }
  QueryText& operator<<(std::string_view text) {
    statement_.sql += text;
    return *this;
  }
  // From here on columns are qualified: "users"."id".
  QueryText& qualify() {
    qualified_ = true;
    return *this;
  }
  QueryText& name(std::string_view identifier);
  QueryText& column(const ColumnName& column);
  // The column itself, without its aggregate; qualified where needed, or always.
  QueryText& plain_column(const ColumnName& column);
  QueryText& qualified_column(const ColumnName& column);
  QueryText& parameter(Value value);
  // Preceded by `keyword`; empty when it is always true.
  QueryText& condition(std::string_view keyword, const ConditionTree& condition);
  QueryText& where(const ConditionTree& condition) { return this->condition(" where ", condition); }
  QueryText& columns(std::string_view keyword, std::span<const ColumnName> columns);  // empty when there are no columns
  QueryText& order_by(std::span<const OrderTerm> orders);
  // `table` qualifies the columns' old values, when an upsert has two rows.
  QueryText& assignments(std::span<const AssignmentTerm> assignments, std::string_view table = {});

  Statement take(Mode mode) {
    statement_.mode = mode;
    return std::move(statement_);
  }

 private:
  struct Cursor {
    const ConditionTree& condition;
    std::size_t node = 0;
    std::size_t value = 0;
  };
  void write(Cursor& at);
  void write_leaf(const ConditionTree::Node& node, Cursor& at);
  void write_exists(const ConditionTree::Node& node, Cursor& at);
  void next_parameter(Cursor& at);

  Dialect dialect_;
  bool qualified_ = false;
  int exists_depth_ = 0;  // nesting depth of EXISTS; the innermost table is called ashlar_<depth>
  Statement statement_;
};

}  // namespace ashlar::sql::detail
