// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"
#include "ashlar/sql/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ashlar::sql {

namespace detail {
class QueryText;
}

struct ColumnName {
  std::string_view table;  // literals
  std::string_view column;
};

enum class Comparison : unsigned char { equal, not_equal, less, less_or_equal, greater, greater_or_equal };

// A condition with its parameters, whatever its table.
class ConditionTree {
 public:
  ConditionTree() = default;

  [[nodiscard]] bool is_always_true() const { return nodes_.empty(); }

  static ConditionTree both(ConditionTree a, ConditionTree b) {
    return join(Operator::both, std::move(a), std::move(b));
  }
  static ConditionTree either(ConditionTree a, ConditionTree b) {
    return join(Operator::either, std::move(a), std::move(b));
  }
  static ConditionTree negation(ConditionTree condition);

  static ConditionTree compare(Comparison comparison, ColumnName column, Value value);
  static ConditionTree in(ColumnName column, std::vector<Value> values);  // of none: never true
  static ConditionTree between(ColumnName column, Value low, Value high);
  static ConditionTree is_null(ColumnName column);
  static ConditionTree contains_ignoring_case(ColumnName column, std::string text);
  static ConditionTree starts_with(ColumnName column, std::string text);

 private:
  friend class detail::QueryText;

  enum class Operator : unsigned char {
    both,
    either,
    negation,
    never,
    compare,
    in,
    between,
    is_null,
    contains_ignoring_case,
    starts_with
  };
  // A tree in prefix order: an operator stands before its operands.
  struct Node {
    Operator what{};
    Comparison comparison{};
    ColumnName column{};
    std::size_t values = 0;  // how many of values_ are its own, in order
  };

  static ConditionTree leaf(Node node, std::vector<Value> values);
  static ConditionTree join(Operator how, ConditionTree a, ConditionTree b);

  std::vector<Node> nodes_;
  std::vector<Value> values_;
};

// What a row of T's table must satisfy. Made from columns (column.hpp) and joined by && || !. A default one is always
// true, so a list's conditions can be added one by one. A comparison with a NULL column is not true, nor is its
// negation: that is SQL.
template <class T>
class Condition {
 public:
  Condition() = default;
  explicit Condition(ConditionTree tree) : tree_(std::move(tree)) {}

  [[nodiscard]] bool is_always_true() const { return tree_.is_always_true(); }
  [[nodiscard]] const ConditionTree& tree() const { return tree_; }

  friend Condition operator&&(Condition a, Condition b) {
    return Condition(ConditionTree::both(std::move(a.tree_), std::move(b.tree_)));
  }
  friend Condition operator||(Condition a, Condition b) {
    return Condition(ConditionTree::either(std::move(a.tree_), std::move(b.tree_)));
  }
  friend Condition operator!(Condition a) { return Condition(ConditionTree::negation(std::move(a.tree_))); }

 private:
  ConditionTree tree_;
};

}  // namespace ashlar::sql
