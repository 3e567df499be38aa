// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/query_text.hpp"

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

// A pattern that ends in the midst of an escape stands for the backslash itself.
std::string complete_pattern(std::string_view pattern) {
  std::string out(pattern);
  std::size_t backslashes = 0;
  while (backslashes < out.size() && out[out.size() - 1 - backslashes] == '\\') ++backslashes;
  if (backslashes % 2 == 1) out += '\\';
  return out;
}

// The same pattern for GLOB, which minds the letters' case.
std::string glob_of(std::string_view pattern) {
  std::string out;
  const auto literal = [&out](char c) {
    const bool special = c == '*' || c == '?' || c == '[';
    out += special ? std::string{'[', c, ']'} : std::string{c};
  };
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      literal(pattern[++i]);
    } else if (pattern[i] == '%') {
      out += '*';
    } else if (pattern[i] == '_') {
      out += '?';
    } else {
      literal(pattern[i]);
    }
  }
  return out;
}

}  // namespace

QueryText& QueryText::name(std::string_view identifier) { return *this << "\"" << identifier << "\""; }

QueryText& QueryText::plain_column(const ColumnName& column) {
  if (!column.json_path.empty()) return json_place(column);
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

// The names in a path are those of members, letters and digits: they need no quotes.
QueryText& QueryText::json_place(const ColumnName& column) {
  const ColumnName whole{.table = column.table, .column = column.column};
  if (dialect_ == Dialect::sqlite) {
    *this << "json_extract(";
    return plain_column(whole) << ", '$." << column.json_path << "')";
  }
  std::string path(column.json_path);
  std::ranges::replace(path, '.', ',');
  *this << "(";
  plain_column(whole) << "::jsonb #>> '{" << path << "}')";
  switch (column.json_content) {
    case JsonContent::text:
      return *this;
    case JsonContent::boolean:
      return *this << "::boolean";
    case JsonContent::integer:
      return *this << "::bigint";
    case JsonContent::number:
      return *this << "::double precision";
  }
  return *this;
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
      if (dialect_ == Dialect::postgres) return call("round(avg(", "))");
      call("((2 * sum(", ") + sign(sum(");
      call("", ")) * count(");
      call("", ")) / (2 * count(");
      return call("", ")))");
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
      return write_match(node, at);
    case Operator::contains_items:
      return write_items(node, at);
    case Operator::exists:
      return write_exists(node, at);
    default:
      *this << "1 = 0";
  }
}

// SQLite: no wanted item is missing. The names are qualified, since json_each has columns of its own (key, value,
// type).
void QueryText::write_items(const ConditionTree::Node& node, Cursor& at) {
  if (dialect_ == Dialect::postgres) {
    plain_column(node.column) << "::jsonb @> ";
    return next_parameter(at);
  }
  *this << "case when ";
  qualified_column(node.column) << " is not null then not exists (select 1 from json_each(";
  next_parameter(at);
  *this << ") as ashlar_wanted where ashlar_wanted.value not in (select ashlar_item.value from json_each(";
  qualified_column(node.column) << ") as ashlar_item where ashlar_item.value is not null)) end";
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

void QueryText::write_match(const ConditionTree::Node& node, Cursor& at) {
  const auto& text = std::get<std::string>(at.condition.values_[at.value++]);
  if (dialect_ == Dialect::sqlite) return write_match_in_sqlite(node, text);
  column(node.column) << (node.letters == LetterCase::exact ? " like " : " ilike ");
  switch (node.match) {
    case TextMatch::contains:
      parameter("%" + like_escaped(text) + "%");
      return;
    case TextMatch::starts_with:
      parameter(like_escaped(text) + "%");
      return;
    case TextMatch::ends_with:
      parameter("%" + like_escaped(text));
      return;
    case TextMatch::pattern:
      parameter(complete_pattern(text));
      return;
  }
}

// SQLite's LIKE takes A for a and É for something else than é, so these are made of other functions; they have no limit
// to the text's length, either.
void QueryText::write_match_in_sqlite(const ConditionTree::Node& node, std::string text) {
  const bool exact = node.letters == LetterCase::exact;
  const auto value = [&] {
    if (!exact) *this << "ashlar_fold(";
    parameter(std::move(text));
    if (!exact) *this << ")";
  };
  const auto subject = [&]() -> QueryText& {
    if (exact) return column(node.column);
    *this << "ashlar_fold(";
    return column(node.column) << ")";
  };
  switch (node.match) {
    case TextMatch::contains:
      *this << (exact ? "instr(" : "ashlar_contains(");
      column(node.column) << ", ";
      parameter(std::move(text));
      *this << (exact ? ") > 0" : ")");
      return;
    case TextMatch::starts_with:
      *this << "substr(";
      subject() << ", 1, length(";
      parameter(text);
      *this << ")) = ";
      return value();
    case TextMatch::ends_with:
      *this << "substr(";
      subject() << ", length(";
      column(node.column) << ") - length(";
      parameter(text);
      *this << ") + 1) = ";
      return value();
    case TextMatch::pattern:
      text = exact ? glob_of(text) : complete_pattern(text);
      subject() << (exact ? " glob " : " like ");
      value();
      if (!exact) *this << " escape '\\'";
      return;
  }
}

QueryText& QueryText::order_by(std::span<const OrderTerm> orders) {
  bool first = true;
  for (const auto& order : orders) {
    const bool ascending = order.direction == OrderTerm::Direction::ascending;
    *this << (first ? " order by " : ", ");
    column(order.column) << (ascending ? "" : " desc");
    // SQLite holds NULL for the smallest value, PostgreSQL for the greatest.
    const bool by_itself = order.puts_nulls_first() == (ascending == (dialect_ == Dialect::sqlite));
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
