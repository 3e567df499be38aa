// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/joined_statements.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <stdexcept>
#include <string>

namespace ashlar::sql {
namespace {

// Appends a statement's text with its parameters $1, $2, ... numbered from `offset` + 1.
void append_renumbered(std::string_view sql, std::size_t offset, std::string& out) {
  for (std::size_t at = 0; at < sql.size();) {
    if (sql[at] != '$') {
      out += sql[at++];
      continue;
    }
    std::size_t number = 0;
    const char* const begin = sql.data() + at + 1;
    const auto end = std::from_chars(begin, sql.data() + sql.size(), number).ptr;
    out.append("$").append(std::to_string(number + offset));
    at += 1 + static_cast<std::size_t>(end - begin);
  }
}

void append(Statement statement, Statement& out) {
  append_renumbered(statement.sql, out.parameters.size(), out.sql);
  for (auto& value : statement.parameters) out.parameters.push_back(std::move(value));
}

// insert into "t" (a, b) values ($1, $2), as a select that gives its row where `written` has one.
Statement where_written(Statement insert) {
  constexpr std::string_view values = ") values (";
  const std::size_t at = insert.sql.find(values);
  if (at == std::string::npos || !insert.sql.ends_with(')'))
    throw std::logic_error("execute_with() takes inserts of one row: " + insert.sql);
  insert.sql.pop_back();
  insert.sql.replace(at, values.size(), ") select ");
  insert.sql += " where exists (select from written)";
  return insert;
}

// "insert into t": up to the columns; the whole text of another statement.
std::string_view target_of(std::string_view sql) { return sql.substr(0, sql.find('(')); }

// Where the values of an insert of one row begin: at "($1, ...)". npos: the text is not such an insert.
std::size_t values_of(std::string_view sql) {
  constexpr std::string_view before = ") values ";
  const std::size_t at = sql.rfind(before);
  const bool is_plain = sql.starts_with("insert into ") && sql.ends_with(')');
  return at == std::string_view::npos || !is_plain ? std::string_view::npos : at + before.size();
}

}  // namespace

std::vector<Statement> merged_inserts(std::vector<Statement> inserts) {
  struct Open {
    std::string text;  // of one row
    std::size_t at;    // in the result
    std::size_t rows;
  };
  std::vector<Statement> out;
  std::vector<Open> open;
  for (Statement& insert : inserts) {
    const std::size_t values = values_of(insert.sql);
    auto earlier = std::ranges::find(open, insert.sql, &Open::text);
    if (values == std::string::npos || earlier == open.end() || earlier->rows == rows_per_insert_max) {
      if (earlier == open.end()) earlier = open.insert(open.end(), {.text = insert.sql, .at = 0, .rows = 0});
      earlier->at = out.size();
      earlier->rows = 1;
      out.push_back(std::move(insert));
      continue;
    }
    ++earlier->rows;
    Statement& into = out[earlier->at];
    into.sql += ", ";
    insert.sql.erase(0, values);
    append(std::move(insert), into);
  }
  return out;
}

std::vector<Statement> joined_in_order(std::vector<Statement> inserts) {
  std::vector<Statement> out;
  std::vector<Statement> last;
  for (std::size_t i = 0; i < inserts.size(); ++i) {
    const auto same_table = [&](const Statement& other) { return target_of(other.sql) == target_of(inserts[i].sql); };
    const auto later = inserts.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    const bool joins =
        inserts[i].sql.starts_with("insert into ");  // a WITH that writes is allowed at the top level only
    (joins && std::none_of(later, inserts.end(), same_table) ? last : out).push_back(std::move(inserts[i]));
  }
  if (!last.empty()) out.push_back(joined_inserts(std::move(last)));
  return out;
}

Statement joined_inserts(std::vector<Statement> inserts) {
  if (inserts.size() == 1) return std::move(inserts.front());
  Statement out{.mode = Mode::write};
  for (std::size_t i = 0; i < inserts.size(); ++i) {
    out.sql.append(i == 0 ? "with " : ", ").append("e").append(std::to_string(i)).append(" as (");
    append(std::move(inserts[i]), out);
    out.sql += ')';
  }
  out.sql += " select 1";
  return out;
}

Statement written_with(Statement write, std::vector<Statement> inserts) {
  if (inserts.empty()) return write;
  const bool returns_rows = static_cast<bool>(write.on_row);
  Statement out{.sql = "with written as (", .mode = Mode::write, .on_row = std::move(write.on_row)};
  append(std::move(write), out);
  out.sql += returns_rows ? ")" : " returning 1)";
  // The count of rows is that of the outermost statement: the last insert's where no rows are returned.
  const std::size_t inner = returns_rows ? inserts.size() : inserts.size() - 1;
  for (std::size_t i = 0; i < inner; ++i) {
    out.sql.append(", e").append(std::to_string(i)).append(" as (");
    append(where_written(std::move(inserts[i])), out);
    out.sql += ')';
  }
  out.sql += ' ';
  if (returns_rows) {
    out.sql += "select * from written";
  } else {
    append(where_written(std::move(inserts.back())), out);
  }
  return out;
}

}  // namespace ashlar::sql
