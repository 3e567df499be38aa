// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/query_text.hpp"

#include <charconv>

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

// For LIKE and ILIKE: the characters that mean something there, escaped.
std::string like_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

QueryText& QueryText::name(std::string_view identifier) { return *this << "\"" << identifier << "\""; }

QueryText& QueryText::parameter(Value value) {
  statement_.parameters.push_back(std::move(value));
  char digits[8]{};
  const auto end = std::to_chars(digits, digits + sizeof digits, statement_.parameters.size()).ptr;
  return *this << "$" << std::string_view(digits, static_cast<std::size_t>(end - digits));
}

QueryText& QueryText::where(const ConditionTree& condition) {
  if (condition.is_always_true()) return *this;
  *this << " where ";
  Cursor at{.condition = condition};
  write(at);
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
  const bool sqlite = dialect_ == Dialect::sqlite;
  switch (node.what) {
    case Operator::compare:
      name(node.column.column) << sign_of(node.comparison);
      return next_parameter(at);
    case Operator::in:
      name(node.column.column) << " in (";
      for (std::size_t i = 0; i < node.values; ++i) {
        if (i > 0) *this << ", ";
        next_parameter(at);
      }
      *this << ")";
      return;
    case Operator::between:
      name(node.column.column) << " between ";
      next_parameter(at);
      *this << " and ";
      return next_parameter(at);
    case Operator::is_null:
      name(node.column.column) << " is null";
      return;
    case Operator::contains_ignoring_case:
      if (sqlite) {
        *this << "ashlar_contains(";
        name(node.column.column) << ", ";
        next_parameter(at);
        *this << ")";
      } else {
        name(node.column.column) << " ilike ";
        parameter("%" + like_escaped(std::get<std::string>(at.condition.values_[at.value++])) + "%");
      }
      return;
    case Operator::starts_with:
      if (sqlite) {  // its LIKE does not tell A from a
        *this << "substr(";
        name(node.column.column) << ", 1, length(";
        next_parameter(at);
        *this << ")) = ";
        parameter(at.condition.values_[at.value - 1]);
      } else {
        name(node.column.column) << " like ";
        parameter(like_escaped(std::get<std::string>(at.condition.values_[at.value++])) + "%");
      }
      return;
    default:
      *this << "1 = 0";
  }
}

QueryText& QueryText::order_by(std::span<const OrderTerm> orders) {
  bool first = true;
  for (const auto& order : orders) {
    const bool ascending = order.direction == OrderTerm::Direction::ascending;
    *this << (first ? " order by " : ", ");
    name(order.column.column) << (ascending ? "" : " desc");
    // SQLite holds NULL for the smallest value, PostgreSQL for the greatest.
    if (order.nullable && dialect_ == Dialect::postgres) *this << (ascending ? " nulls first" : " nulls last");
    first = false;
  }
  return *this;
}

QueryText& QueryText::assignments(std::span<const AssignmentTerm> assignments) {
  bool first = true;
  for (const auto& assignment : assignments) {
    *this << (first ? " set " : ", ");
    name(assignment.column) << " = ";
    if (assignment.kind == AssignmentTerm::Kind::add) name(assignment.column) << " + ";
    parameter(assignment.value);
    first = false;
  }
  return *this;
}

}  // namespace ashlar::sql::detail
