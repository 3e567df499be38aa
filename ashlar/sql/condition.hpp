// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"
#include "ashlar/sql/detail/table_set.hpp"
#include "ashlar/sql/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ashlar::sql {

namespace detail {
class QueryText;
}

// An aggregate over the rows of a group (aggregate.hpp); `none`: the column itself.
enum class Function : unsigned char {
  none,
  count_rows,
  count,
  count_distinct,
  sum,
  sum_or_zero,
  avg,
  avg_money,
  min,
  max
};

// The type of the value at a path in a JSON column (json_column.hpp).
enum class JsonContent : unsigned char { text, boolean, integer, number };

// A column, a path in its JSON, or an aggregate over it.
struct ColumnName {
  std::string_view table;  // literals
  std::string_view column;
  Function function = Function::none;
  JsonContent json_content{};
  std::string_view json_path{};  // "address.city"; empty: the whole column

  friend bool operator==(const ColumnName&, const ColumnName&) = default;
};

enum class Comparison : unsigned char { equal, not_equal, less, less_or_equal, greater, greater_or_equal };
enum class TextMatch : unsigned char { contains, starts_with, ends_with, pattern };
enum class LetterCase : unsigned char { exact, ignored };

// A condition with its parameters, for any table.
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
  static ConditionTree never();

  static ConditionTree compare(Comparison comparison, ColumnName column, Value value);
  static ConditionTree compare(Comparison comparison, ColumnName column, ColumnName other);
  static ConditionTree in(ColumnName column, std::vector<Value> values);      // empty list: never true
  static ConditionTree not_in(ColumnName column, std::vector<Value> values);  // empty list: always true
  static ConditionTree between(ColumnName column, Value low, Value high);
  static ConditionTree is_null(ColumnName column);
  static ConditionTree match(TextMatch match, LetterCase letters, ColumnName column, std::string text);
  // The list in `column` has every item of a JSON array; or every item of at least one of these arrays.
  static ConditionTree contains_items(ColumnName column, std::string items);
  static ConditionTree contains_any(ColumnName column, std::vector<std::string> lists);
  // The table of `other` has a row that satisfies `condition` and whose `other` equals the outer row's `own`.
  static ConditionTree exists(ColumnName own, ColumnName other, ConditionTree condition);

 private:
  friend class detail::QueryText;

  enum class Operator : unsigned char {
    both,
    either,
    negation,
    never,
    compare,
    compare_columns,  // the other column is in the next node
    column,
    in,
    not_in,
    between,
    is_null,
    match,
    contains_items,
    exists,  // `column` is the inner key; the outer one is in the next node, the inner condition follows it
    always
  };
  // A tree in prefix order: an operator precedes its operands.
  struct Node {
    Operator what{};
    Comparison comparison{};
    TextMatch match{};
    LetterCase letters{};
    ColumnName column{};
    std::size_t values = 0;  // number of values in values_, which are in node order
  };

  static ConditionTree leaf(Node node, std::vector<Value> values);
  static ConditionTree list(Operator what, ColumnName column, std::vector<Value> values);
  static ConditionTree join(Operator how, ConditionTree a, ConditionTree b);

  std::vector<Node> nodes_;
  std::vector<Value> values_;
};

// What a row of these tables (usually one) must satisfy. Made from columns (column.hpp), combined with && || !. A
// default-constructed one is always true, so a list's conditions can be added one by one. As in SQL, neither a
// comparison with a NULL column nor its negation is true.
template <class... Tables>
class Condition {
 public:
  Condition() = default;
  explicit Condition(ConditionTree tree) : tree_(std::move(tree)) {}
  // A condition on fewer tables.
  template <class... Fewer>
    requires((detail::is_one_of<Fewer, Tables...> && ...) && sizeof...(Fewer) > 0)
  Condition(Condition<Fewer...> condition)  // NOLINT(google-explicit-constructor): it holds for more tables
      : tree_(std::move(condition).tree()) {}

  [[nodiscard]] bool is_always_true() const { return tree_.is_always_true(); }
  [[nodiscard]] const ConditionTree& tree() const& { return tree_; }
  [[nodiscard]] ConditionTree tree() && { return std::move(tree_); }

 private:
  ConditionTree tree_;
};

template <class... A, class... B>
[[nodiscard]] auto operator&&(Condition<A...> a, Condition<B...> b) {
  return detail::TablesOf<Condition<A...>, Condition<B...>>(
      ConditionTree::both(std::move(a).tree(), std::move(b).tree()));
}
template <class... A, class... B>
[[nodiscard]] auto operator||(Condition<A...> a, Condition<B...> b) {
  return detail::TablesOf<Condition<A...>, Condition<B...>>(
      ConditionTree::either(std::move(a).tree(), std::move(b).tree()));
}
template <class... A>
[[nodiscard]] Condition<A...> operator!(Condition<A...> a) {
  return Condition<A...>(ConditionTree::negation(std::move(a).tree()));
}

}  // namespace ashlar::sql
