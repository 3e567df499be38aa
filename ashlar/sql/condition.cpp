// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/condition.hpp"

#include <bit>
#include <iterator>

namespace ashlar::sql {

ConditionTree ConditionTree::leaf(Node node, std::vector<Value> values) {
  ConditionTree out;
  node.values = values.size();
  out.nodes_.push_back(node);
  out.values_ = std::move(values);
  return out;
}

ConditionTree ConditionTree::join(Operator how, ConditionTree a, ConditionTree b) {
  const bool both = how == Operator::both;
  if (a.is_always_true()) return both ? std::move(b) : std::move(a);
  if (b.is_always_true()) return both ? std::move(a) : std::move(b);
  a.nodes_.insert(a.nodes_.begin(), Node{.what = how});
  a.nodes_.insert(a.nodes_.end(), b.nodes_.begin(), b.nodes_.end());
  a.values_.insert(a.values_.end(), std::make_move_iterator(b.values_.begin()),
                   std::make_move_iterator(b.values_.end()));
  return a;
}

ConditionTree ConditionTree::never() { return leaf({.what = Operator::never}, {}); }

ConditionTree ConditionTree::negation(ConditionTree condition) {
  if (condition.is_always_true()) return never();
  condition.nodes_.insert(condition.nodes_.begin(), Node{.what = Operator::negation});
  return condition;
}

ConditionTree ConditionTree::compare(Comparison comparison, ColumnName column, Value value) {
  std::vector<Value> values;
  values.push_back(std::move(value));
  return leaf({.what = Operator::compare, .comparison = comparison, .column = column}, std::move(values));
}

ConditionTree ConditionTree::compare(Comparison comparison, ColumnName column, ColumnName other) {
  auto out = leaf({.what = Operator::compare_columns, .comparison = comparison, .column = column}, {});
  out.nodes_.push_back({.what = Operator::column, .column = other});
  return out;
}

ConditionTree ConditionTree::list(Operator what, ColumnName column, std::vector<Value> values) {
  // Lists of 5 to 8 values share one text, 9 to 16 another: the last value is repeated.
  values.resize(std::bit_ceil(values.size()), Value(values.back()));
  return leaf({.what = what, .column = column}, std::move(values));
}

ConditionTree ConditionTree::in(ColumnName column, std::vector<Value> values) {
  return values.empty() ? never() : list(Operator::in, column, std::move(values));
}

ConditionTree ConditionTree::not_in(ColumnName column, std::vector<Value> values) {
  return values.empty() ? ConditionTree() : list(Operator::not_in, column, std::move(values));
}

ConditionTree ConditionTree::between(ColumnName column, Value low, Value high) {
  std::vector<Value> values;
  values.push_back(std::move(low));
  values.push_back(std::move(high));
  return leaf({.what = Operator::between, .column = column}, std::move(values));
}

ConditionTree ConditionTree::is_null(ColumnName column) {
  return leaf({.what = Operator::is_null, .column = column}, {});
}

ConditionTree ConditionTree::match(TextMatch match, LetterCase letters, ColumnName column, std::string text) {
  std::vector<Value> values;
  values.emplace_back(std::move(text));
  return leaf({.what = Operator::match, .match = match, .letters = letters, .column = column}, std::move(values));
}

ConditionTree ConditionTree::contains_items(ColumnName column, std::string items) {
  std::vector<Value> values;
  values.emplace_back(std::move(items));
  return leaf({.what = Operator::contains_items, .column = column}, std::move(values));
}

ConditionTree ConditionTree::contains_any(ColumnName column, std::vector<std::string> lists) {
  if (lists.empty()) return never();
  lists.resize(std::bit_ceil(lists.size()), std::string(lists.back()));  // like list()
  ConditionTree out;
  for (auto& each : lists) {
    auto one = contains_items(column, std::move(each));
    out = out.is_always_true() ? std::move(one) : either(std::move(out), std::move(one));
  }
  return out;
}

ConditionTree ConditionTree::exists(ColumnName own, ColumnName other, ConditionTree condition) {
  auto out = leaf({.what = Operator::exists, .column = other}, {});
  out.nodes_.push_back({.what = Operator::column, .column = own});
  if (condition.is_always_true()) condition = leaf({.what = Operator::always}, {});
  out.nodes_.insert(out.nodes_.end(), condition.nodes_.begin(), condition.nodes_.end());
  out.values_ = std::move(condition.values_);
  return out;
}

}  // namespace ashlar::sql
