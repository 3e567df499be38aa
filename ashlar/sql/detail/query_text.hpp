// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"

#include <span>

namespace ashlar::sql::detail {

// A statement's text while it is written, with its parameters, in one database's dialect. What a program writes of it
// is a fixed number of texts: values are always parameters.
class QueryText {
 public:
  explicit QueryText(Dialect dialect) : dialect_(dialect) { statement_.sql.reserve(256); }

  QueryText& operator<<(std::string_view text) {
    statement_.sql += text;
    return *this;
  }
  QueryText& name(std::string_view identifier);
  QueryText& parameter(Value value);
  QueryText& where(const ConditionTree& condition);  // nothing when it is always true
  QueryText& order_by(std::span<const OrderTerm> orders);
  QueryText& assignments(std::span<const AssignmentTerm> assignments);

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
  void next_parameter(Cursor& at);

  Dialect dialect_;
  Statement statement_;
};

}  // namespace ashlar::sql::detail
