// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/query_text.hpp"

#include "ashlar/sql/dialect_traits.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace ashlar::sql::detail {
namespace {

std::string_view sign_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::equal:
      return " = ";
    case Comparison::not_equal:
      return " <> ";
    case Comparison::less:
      return " < ";
    case Comparison::less_or_equal:
      return " <= ";
    case Comparison::greater:
      return " > ";
    case Comparison::greater_or_equal:
      return " >= ";
  }
  return " = ";
}

}  // namespace

QueryText& QueryText::name(std::string_view identifier) { return *this << "\"" << identifier << "\""; }

QueryText& QueryText::plain_column(const ColumnName& column) {
  if (!column.json_path.empty()) {
    dialect_->write_json_place(*this, column);
    return *this;
  }
  return qualified_ || exists_depth_ > 0 ? qualified_column(column) : name(column.column);
}

QueryText& QueryText::qualified_column(const ColumnName& column) {
  if (exists_depth_ > 0) {
    *this << "ashlar_" << std::to_string(exists_depth_);
  } else {
    name(column.table);
  }
  return (*this << ".").name(column.column);
}

QueryText& QueryText::column(const ColumnName& column) {
  const auto call = [&](std::string_view before, std::string_view after) -> QueryText& {
    *this << before;
    return plain_column(column) << after;
  };
  switch (column.function) {
    case Function::none:
      return plain_column(column);
    case Function::count_rows:
      return *this << "count(*)";
    case Function::count:
      return call("count(", ")");
    case Function::count_distinct:
      return call("count(distinct ", ")");
    case Function::sum:
      return call("sum(", ")");
    case Function::sum_or_zero:
      return call("coalesce(sum(", "), 0)");
    case Function::avg:
      return call("avg(", ")");
    case Function::avg_money:  // to the nearest minor unit, halves away from zero, without a double on the way
      dialect_->write_money_average(*this, column);
      return *this;
    case Function::min:
      return call("min(", ")");
    case Function::max:
      return call("max(", ")");
  }
  return *this;
}

QueryText& QueryText::parameter(Value value) {
  statement_.parameters.push_back(std::move(value));
  char digits[8]{};
  const auto end = std::to_chars(digits, digits + sizeof digits, statement_.parameters.size()).ptr;
  return *this << "$" << std::string_view(digits, static_cast<std::size_t>(end - digits));
}

QueryText& QueryText::condition(std::string_view keyword, const ConditionTree& condition) {
  if (condition.is_always_true()) return *this;
  *this << keyword;
  Cursor at{.condition = condition};
  write(at);
  return *this;
}

QueryText& QueryText::columns(std::string_view keyword, std::span<const ColumnName> columns) {
  for (const auto& each : columns) {
    *this << (&each == columns.data() ? keyword : std::string_view(", "));
    column(each);
  }
  return *this;
}

void QueryText::write(Cursor& at) {
  using Operator = ConditionTree::Operator;
  const auto& node = at.condition.nodes_[at.node++];
  switch (node.what) {
    case Operator::both:
    case Operator::either:
      *this << "(";
      write(at);
      *this << (node.what == Operator::both ? " and " : " or ");
      write(at);
      *this << ")";
      return;
    case Operator::negation:
      *this << "not (";
      write(at);
      *this << ")";
      return;
    default:
      return write_leaf(node, at);
  }
}

void QueryText::next_parameter(Cursor& at) { parameter(at.condition.values_[at.value++]); }

void QueryText::write_leaf(const ConditionTree::Node& node, Cursor& at) {
  using Operator = ConditionTree::Operator;
  switch (node.what) {
    case Operator::compare:
      column(node.column) << sign_of(node.comparison);
      return next_parameter(at);
    case Operator::compare_columns:
      column(node.column) << sign_of(node.comparison);
      column(at.condition.nodes_[at.node++].column);
      return;
    case Operator::in:
    case Operator::not_in:
      column(node.column) << (node.what == Operator::in ? " in (" : " not in (");
      for (std::size_t i = 0; i < node.values; ++i) {
        if (i > 0) *this << ", ";
        next_parameter(at);
      }
      *this << ")";
      return;
    case Operator::between:
      column(node.column) << " between ";
      next_parameter(at);
      *this << " and ";
      return next_parameter(at);
    case Operator::is_null:
      column(node.column) << " is null";
      return;
    case Operator::match:
      return dialect_->write_match(*this, {.column = node.column,
                                           .match = node.match,
                                           .letters = node.letters,
                                           .text = std::get<std::string>(at.condition.values_[at.value++])});
    case Operator::contains_items:
      return dialect_->write_contains_items(*this, node.column, at.condition.values_[at.value++]);
    case Operator::exists:
      return write_exists(node, at);
    default:
      *this << "1 = 0";
  }
}

void QueryText::write_exists(const ConditionTree::Node& node, Cursor& at) {
  const auto& own = at.condition.nodes_[at.node++].column;
  *this << "exists (select 1 from ";
  name(node.column.table) << " as ashlar_" << std::to_string(exists_depth_ + 1) << " where ";
  ++exists_depth_;
  qualified_column(node.column) << " = ";
  --exists_depth_;
  qualified_column(own);
  ++exists_depth_;
  if (at.condition.nodes_[at.node].what == ConditionTree::Operator::always) {
    ++at.node;
  } else {
    *this << " and ";
    write(at);
  }
  --exists_depth_;
  *this << ")";
}

QueryText& QueryText::order_by(std::span<const OrderTerm> orders) {
  bool first = true;
  for (const auto& order : orders) {
    const bool ascending = order.direction == OrderTerm::Direction::ascending;
    *this << (first ? " order by " : ", ");
    column(order.column) << (ascending ? "" : " desc");
    const bool null_is_smallest = dialect_->facts().null_is == DialectFacts::Null::smallest_value;
    const bool by_itself = order.puts_nulls_first() == (ascending == null_is_smallest);
    if (order.nullable && !by_itself) *this << (order.puts_nulls_first() ? " nulls first" : " nulls last");
    first = false;
  }
  return *this;
}

QueryText& QueryText::assignments(std::span<const AssignmentTerm> assignments, std::string_view table) {
  bool first = true;
  for (const auto& assignment : assignments) {
    *this << (first ? " set " : ", ");
    name(assignment.column) << " = ";
    if (assignment.kind == AssignmentTerm::Kind::add) {
      if (!table.empty()) name(table) << ".";
      name(assignment.column) << " + ";
    }
    switch (assignment.source) {
      case AssignmentTerm::Source::value:
        parameter(assignment.value);
        break;
      case AssignmentTerm::Source::column:
        if (!table.empty()) name(table) << ".";
        name(assignment.other);
        break;
      case AssignmentTerm::Source::inserted:
        *this << "excluded.";
        name(assignment.other);
        break;
    }
    first = false;
  }
  return *this;
}

}  // namespace ashlar::sql::detail
