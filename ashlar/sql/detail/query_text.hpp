// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/order.hpp"

#include <span>

namespace ashlar::sql::detail {

// A statement's text while it is written, with its parameters, in one database's dialect. What a program writes of it
// is a fixed number of texts: values are always parameters.
class QueryText {
 public:
  explicit QueryText(Dialect dialect) : dialect_(dialect) { statement_.sql.reserve(256); }

  [[nodiscard]] Dialect dialect() const { return dialect_; }
  QueryText& operator<<(std::string_view text) {
    statement_.sql += text;
    return *this;
  }
  // From here on columns have their tables' names: "users"."id".
  QueryText& qualify() {
    qualified_ = true;
    return *this;
  }
  QueryText& name(std::string_view identifier);
  QueryText& column(const ColumnName& column);
  // The column itself, whatever is computed of it; with its table's name where it needs one, or in any case.
  QueryText& plain_column(const ColumnName& column);
  QueryText& qualified_column(const ColumnName& column);
  QueryText& parameter(Value value);
  // Before it stands `keyword`; nothing at all when it is always true.
  QueryText& condition(std::string_view keyword, const ConditionTree& condition);
  QueryText& where(const ConditionTree& condition) { return this->condition(" where ", condition); }
  QueryText& columns(std::string_view keyword, std::span<const ColumnName> columns);  // nothing for none
  QueryText& order_by(std::span<const OrderTerm> orders);
  // `table` stands before the columns' old values, where an upsert has two rows.
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
  int exists_depth_ = 0;  // inside of so many EXISTS; the innermost one's table is called ashlar_<depth>
  Statement statement_;
};

}  // namespace ashlar::sql::detail
