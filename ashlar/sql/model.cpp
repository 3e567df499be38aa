// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/model.hpp"

#include "ashlar/sql/detail/schema_text.hpp"
#include "ashlar/sql/detail/sql_text.hpp"
#include "ashlar/sql/dialect_traits.hpp"

#include <algorithm>
#include <stdexcept>

namespace ashlar::sql {
namespace {

using detail::written_name;
using schema::Format;
using schema::Kind;

std::string names(const std::vector<std::string_view>& columns) {
  std::string out;
  for (const auto column : columns) out += (out.empty() ? "" : ", ") + written_name(column);
  return out;
}

bool is_nullable(const schema::Type& type) { return type.kind == Kind::optional || type.kind == Kind::nullable; }

const schema::Type& content_of(const schema::Type& type) {
  return is_nullable(type) ? content_of(type.element()) : type;
}

ColumnContent content_kind(const schema::Type& type) {
  switch (type.kind) {
    case Kind::boolean:
      return ColumnContent::boolean;
    case Kind::integer:
      return ColumnContent::integer;
    case Kind::number:
      return ColumnContent::number;
    case Kind::string:
      break;
    default:
      return ColumnContent::json;
  }
  switch (type.format) {
    case Format::uuid:
      return ColumnContent::uuid;
    case Format::date_time:
      return ColumnContent::timestamp;
    case Format::money:
      return ColumnContent::integer;
    default:
      return ColumnContent::text;
  }
}

std::string reference(const TableRule& rule) {
  std::string out = "foreign key (" + names(rule.columns) + ") references " + written_name(rule.table) + "(" +
                    written_name(rule.column) + ")";
  if (rule.on_delete == OnDelete::cascade) out += " on delete cascade";
  if (rule.on_delete == OnDelete::set_null) out += " on delete set null";
  return out;
}

std::string names_only(std::string_view column, std::span<const std::string_view> enumerators) {
  std::string list;
  for (const auto name : enumerators) list += (list.empty() ? "'" : ", '") + std::string(name) + "'";
  return "check (" + written_name(column) + " in (" + list + "))";
}

class TableMaker {
 public:
  TableMaker(const TableModel& model, Dialect dialect) : model_(model), dialect_(dialect) {
    table_.name = model.name;
    table_.options = dialect->facts().table_options;
  }

  Catalog::Table make() {
    for (const schema::Member& member : model_.type->members) add(member);
    add_primary_key();
    for (const TableRule& rule : model_.rules) add(rule);
    return std::move(table_);
  }

 private:
  void add(const schema::Member& member) {
    const schema::Type& content = content_of(member.type());
    table_.columns.push_back({.name = std::string(member.name),
                              .type = std::string(dialect_->column_type(content_kind(content))),
                              .nullable = is_nullable(member.type()),
                              .clause = ""});
    const bool integers = dialect_->facts().booleans == DialectFacts::Booleans::integers;
    if (integers && content.kind == Kind::boolean)
      add_constraint("check (" + written_name(member.name) + " in (0, 1))");
    if (content.format == Format::enumeration) add_constraint(names_only(member.name, content.enumerators));
  }

  void add_options(std::string_view options) {
    if (!table_.options.empty() && !options.empty()) table_.options += ", ";
    table_.options += options;
  }

  void add_constraint(std::string definition) {
    table_.constraints.push_back({.name = "", .definition = std::move(definition)});
  }

  void add_index(const TableRule& rule, std::string definition) {
    const std::string_view where = rule.where.in(dialect_);
    if (!where.empty()) definition.append(" where ").append(where);
    table_.indexes.push_back({.name = std::string(rule.name),
                              .unique = rule.kind == TableRule::Kind::unique,
                              .definition = std::move(definition)});
  }

  void add_primary_key() {
    const auto stated = std::ranges::find(model_.rules, TableRule::Kind::primary_key, &TableRule::kind);
    if (stated != model_.rules.end()) return add_constraint("primary key (" + names(stated->columns) + ")");
    if (table_.column("id") == nullptr)
      throw std::logic_error("the table " + table_.name + " has neither a column id nor sql::primary_key<...>()");
    add_constraint("primary key (id)");
  }

  Catalog::Column& column(std::string_view name) { return const_cast<Catalog::Column&>(*table_.column(name)); }

  void add(const TableRule& rule) {
    const std::string sql(rule.sql.in(dialect_));
    switch (rule.kind) {
      case TableRule::Kind::primary_key:
        return;
      case TableRule::Kind::reference:
        return add_constraint(reference(rule));
      case TableRule::Kind::check:
        return add_constraint("check (" + sql + ")");
      case TableRule::Kind::index:
      case TableRule::Kind::unique:
        if (rule.name.empty()) return add_constraint("unique (" + names(rule.columns) + ")");
        return add_index(rule, "(" + (rule.columns.empty() ? sql : names(rule.columns)) + ")");
      case TableRule::Kind::index_of_items:
        if (auto definition = dialect_->index_of_items(written_name(rule.columns.front()))) {
          table_.indexes.push_back(
              {.name = std::string(rule.name), .unique = false, .definition = std::move(*definition)});
        }
        return;
      case TableRule::Kind::type:
        column(rule.name).type = sql;
        return;
      case TableRule::Kind::default_value:
        column(rule.name).clause = "default " + sql;
        return;
      case TableRule::Kind::generated_number:
        column(rule.name).clause = dialect_->facts().generated_number;
        return;
      case TableRule::Kind::without_rowid:
        return add_options(dialect_->facts().clustered_table_options);
    }
  }

  const TableModel& model_;
  const Dialect dialect_;
  Catalog::Table table_;
};

}  // namespace

std::string schema_script(std::span<const TableModel> models, Dialect dialect) {
  std::vector<Catalog::Table> tables;
  for (const TableModel& model : models) tables.push_back(TableMaker(model, dialect).make());
  std::string out;
  for (const Catalog::Table* table : detail::in_order_of_references(tables)) {
    out += detail::create_table(*table, table->name);
    for (const Catalog::Index& index : table->indexes) out += detail::create_index(index, table->name);
  }
  return out;
}

}  // namespace ashlar::sql
