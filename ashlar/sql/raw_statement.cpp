// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/raw_statement.hpp"

#include "ashlar/sql/detail/sql_text.hpp"
#include "ashlar/sql/dialect_traits.hpp"

#include <algorithm>

namespace ashlar::sql::detail {
namespace {

using schema::Format;
using schema::Kind;

const schema::Type& content_of(const schema::Type& type) {
  return type.kind == Kind::optional || type.kind == Kind::nullable ? content_of(type.element()) : type;
}

ColumnContent held_by(const schema::Type& given) {
  const schema::Type& type = content_of(given);
  if (type.kind == Kind::boolean) return ColumnContent::boolean;
  if (type.kind == Kind::integer || type.format == Format::money) return ColumnContent::integer;
  if (type.kind == Kind::number) return ColumnContent::number;
  if (type.format == Format::uuid) return ColumnContent::uuid;
  return type.format == Format::date_time ? ColumnContent::timestamp : ColumnContent::text;
}

const char* name_of(ColumnContent what) {
  switch (what) {
    case ColumnContent::boolean:
      return "a bool";
    case ColumnContent::integer:
      return "an integer";
    case ColumnContent::number:
      return "a number";
    case ColumnContent::uuid:
      return "a UUID";
    case ColumnContent::timestamp:
      return "a moment";
    default:
      return "text";
  }
}

class Comparison {
 public:
  Comparison(Dialect dialect, StatementShape shape) : dialect_(dialect), shape_(std::move(shape)) {}

  void parameters(std::span<const schema::Type* const> given) {
    if (shape_.parameters.size() != given.size()) {
      return add("it takes " + std::to_string(shape_.parameters.size()) + " parameters, and is given " +
                 std::to_string(given.size()));
    }
    for (std::size_t i = 0; i < given.size(); ++i) {
      const ColumnContent what = held_by(*given[i]);
      // Text is sent without a type, which the server infers.
      if (what != ColumnContent::text && !fits(what, shape_.parameters[i]))
        add("$" + std::to_string(i + 1) + " is " + shape_.parameters[i] + ", and is given " + name_of(what));
    }
  }

  void row(const schema::Type* row) {
    if (row == nullptr) {
      if (!shape_.columns.empty()) add("it returns rows, which are not read");
      return;
    }
    if (row->kind != Kind::object) {
      if (shape_.columns.empty()) return add("it returns no rows");
      return column(shape_.columns.front(), *row);
    }
    for (const schema::Member& member : row->members) {
      const auto found = std::ranges::find(shape_.columns, member.name, &StatementShape::Column::name);
      if (found == shape_.columns.end()) {
        add("there is no column " + std::string(member.name));
      } else {
        column(*found, member.type());
      }
    }
  }

  std::vector<std::string> take() { return std::move(faults_); }

 private:
  void add(std::string fault) { faults_.push_back(std::move(fault)); }
  [[nodiscard]] bool fits(ColumnContent what, std::string_view type) const { return dialect_->holds(what, type); }
  void column(const StatementShape::Column& column, const schema::Type& type) {
    if (!fits(held_by(type), column.type))
      add("the column " + column.name + " is " + column.type + ", and is read as " + name_of(held_by(type)));
  }

  const Dialect dialect_;
  const StatementShape shape_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> statement_faults(Database& database, std::string_view sql, const schema::Type* row,
                                          std::span<const schema::Type* const> parameters) {
  auto shape = database.describe_blocking(sql);
  if (!shape) return {shape.error().message() + " " + shape.error().cause()};
  Comparison comparison(database.dialect(), std::move(*shape));
  comparison.parameters(parameters);
  comparison.row(row);
  auto faults = comparison.take();
  // A column that a migration adds makes each prepared statement of this text stale (PostgreSQL: 0A000).
  if (selects_all_columns(sql)) faults.emplace_back("it selects *: name the columns");
  return faults;
}

}  // namespace ashlar::sql::detail
