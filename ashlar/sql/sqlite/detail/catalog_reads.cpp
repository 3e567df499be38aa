// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/catalog_reads.hpp"

#include "ashlar/sql/detail/sql_text.hpp"

#include <string>

namespace ashlar::sql::detail {
namespace {

// Only the application's tables.
constexpr const char* from_tables =
    " from pragma_table_list t where t.schema = 'main' and t.type = 'table' and t.name not glob 'sqlite_*' and t.name "
    "<> 'schema_migrations'";

std::string of_tables(const char* columns, const char* joined, const char* order) {
  std::string from = from_tables;
  from.insert(std::string_view(" from pragma_table_list t").size(), std::string(" ") + joined);
  return std::string("select t.name, ") + columns + from + " order by " + order;
}

void add_table(Catalog& out, const Row& row) {
  std::string options = row.boolean(1) ? "strict" : "";
  if (row.boolean(2)) options += options.empty() ? "without rowid" : ", without rowid";
  out.tables.push_back({.name = std::string(row.text(0)), .options = std::move(options)});
  for (std::string& check : check_constraints(row.text(3)))
    out.tables.back().constraints.push_back({.name = "", .definition = std::move(check)});
}

// SQLite returns an expression without its outer parentheses.
std::string default_clause(std::string_view text) {
  const std::string plain = plain_sql(text);
  const bool expression = plain.front() != '\'' && plain.find_first_of(" (") != std::string::npos;
  return expression ? "default (" + plain + ")" : "default " + plain;
}

void add_column(Catalog& out, const Row& row) {
  std::string clause = row.is_null(4) ? "" : default_clause(row.text(4));
  if (row.integer(5) > 1) clause = "generated";
  const bool key = row.integer(6) > 0;
  table_in(out, row.text(0))
      .columns.push_back({.name = std::string(row.text(1)),
                          .type = in_lower_case(row.text(2)),
                          .nullable = !row.boolean(3) && !key,
                          .clause = std::move(clause)});
}

void add_key(Catalog& out, const Row& row, const char* kind) {
  table_in(out, row.text(0))
      .constraints.push_back({.name = "", .definition = kind + (" (" + std::string(row.text(1)) + ")")});
}

void add_foreign_key(Catalog& out, const Row& row) {
  std::string text = "foreign key (" + std::string(row.text(1)) + ") references " + written_name(row.text(2));
  if (!row.is_null(3)) text += "(" + std::string(row.text(3)) + ")";
  for (const auto& [column, event] : {std::pair{4, " on update "}, std::pair{5, " on delete "}})
    if (row.text(column) != "NO ACTION") text += event + in_lower_case(row.text(column));
  table_in(out, row.text(0)).constraints.push_back({.name = "", .definition = std::move(text)});
}

void add_index(Catalog& out, const Row& row) {
  table_in(out, row.text(0))
      .indexes.push_back(
          {.name = std::string(row.text(1)), .unique = row.boolean(2), .definition = index_definition(row.text(3))});
}

void add_object(Catalog& out, const Row& row) {
  out.objects.push_back(
      {.kind = std::string(row.text(0)), .name = std::string(row.text(1)), .definition = plain_sql(row.text(2))});
}

}  // namespace

std::vector<Statement> sqlite_catalog_reads(Catalog& out) {
  std::vector<Statement> reads;
  const auto add = [&](std::string sql, auto keep) {
    reads.push_back({.sql = std::move(sql), .on_row = [&out, keep](const Row& row) { keep(out, row); }});
  };
  add(of_tables("t.strict, t.wr, s.sql", "join sqlite_schema s on s.type = 'table' and s.name = t.name", "t.name"),
      add_table);
  add(of_tables("c.name, c.type, c.\"notnull\", c.dflt_value, c.hidden, c.pk", "join pragma_table_xinfo(t.name) c",
                "t.name, c.cid"),
      add_column);
  add(of_tables("(select group_concat(name, ', ') from (select name from pragma_table_xinfo(t.name) where pk > 0 order "
                "by pk)) as columns",
                "", "t.name"),
      [](Catalog& to, const Row& row) {
        if (!row.is_null(1)) add_key(to, row, "primary key");
      });
  add(of_tables("(select group_concat(name, ', ') from (select name from pragma_index_info(i.name) order by seqno))",
                "join pragma_index_list(t.name) i on i.origin = 'u'", "t.name, i.name"),
      [](Catalog& to, const Row& row) { add_key(to, row, "unique"); });
  add("select name, group_concat(\"from\", ', '), \"table\", group_concat(\"to\", ', '), on_update, on_delete from (" +
          of_tables("f.id, f.\"from\", f.\"table\", f.\"to\", f.on_update, f.on_delete",
                    "join pragma_foreign_key_list(t.name) f", "t.name, f.id, f.seq") +
          ") group by name, id order by name, 2",
      add_foreign_key);
  add(of_tables(
          "i.name, i.\"unique\", s.sql",
          "join pragma_index_list(t.name) i on i.origin = 'c' join sqlite_schema s on s.type = 'index' and s.name "
          "= i.name",
          "t.name, i.name"),
      add_index);
  add("select iif(type = 'table', 'virtual table', type), name, sql from sqlite_schema where type in ('view', "
      "'trigger') or sql like 'create virtual table %' order by type, name",
      add_object);
  return reads;
}

}  // namespace ashlar::sql::detail
