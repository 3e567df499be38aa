// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/lint_state.hpp"

#include <algorithm>
#include <array>

namespace ashlar::sql::detail {
namespace {

constexpr std::array<std::string_view, 12> kinds = {"table",    "index",     "view",      "trigger",
                                                    "function", "procedure", "aggregate", "type",
                                                    "domain",   "sequence",  "schema",    "extension"};

std::string read_kind(SqlCursor& cursor) {
  for (const std::string_view kind : kinds)
    if (cursor.take(kind)) return std::string(kind == "procedure" || kind == "aggregate" ? "function" : kind);
  return {};
}

const Outline::Object* find_from(const std::vector<Outline::Object>& objects, std::string_view kind,
                                 std::string_view name, std::size_t from) {
  const auto found = std::ranges::find_if(objects, [&](const Outline::Object& object) {
    return object.statement >= from && object.kind == kind && object.name == name;
  });
  return found == objects.end() ? nullptr : &*found;
}

void outline_alter(Outline& out, SqlCursor& cursor, std::size_t statement) {
  if (!cursor.take("table")) return;
  cursor.take_all({"if", "exists"});
  cursor.take("only");
  const std::string table = cursor.name();
  out.altered.insert(table);
  if (cursor.take_all({"rename", "to"}))
    out.renamed.push_back({.from = table, .to = cursor.name(), .statement = statement});
}

}  // namespace

CreateHead read_create_head(SqlCursor& cursor) {
  CreateHead out;
  cursor.take_all({"or", "replace"});
  while (true) {
    if (cursor.take("unique")) {
      out.unique = true;
    } else if (!cursor.take_any({"temp", "temporary", "global", "local", "unlogged", "materialized", "recursive",
                                 "constraint", "virtual"})) {
      break;
    }
  }
  out.kind = read_kind(cursor);
  if (out.kind.empty()) return out;
  out.concurrently = cursor.take("concurrently");
  out.if_not_exists = cursor.take_all({"if", "not", "exists"});
  if (out.kind != "index" || !cursor.at("on")) out.name = cursor.name();
  return out;
}

DropHead read_drop_head(SqlCursor& cursor) {
  DropHead out;
  cursor.take("materialized");
  out.kind = read_kind(cursor);
  if (out.kind.empty() && cursor.take("routine")) out.kind = "function";
  out.concurrently = cursor.take("concurrently");
  cursor.take_all({"if", "exists"});
  return out;
}

const Outline::Object* Outline::creation(std::string_view kind, std::string_view name, std::size_t from) const {
  return find_from(created, kind, name, from);
}

const Outline::Object* Outline::drop(std::string_view kind, std::string_view name, std::size_t from) const {
  return find_from(dropped, kind, name, from);
}

Outline outline_of(const SqlScript& script) {
  Outline out;
  for (std::size_t i = 0; i < script.statements.size(); ++i) {
    SqlCursor cursor(script.statements[i].tokens);
    if (cursor.take("create")) {
      const CreateHead head = read_create_head(cursor);
      out.created.push_back({.kind = head.kind,
                             .name = head.name,
                             .statement = i,
                             .parameters = head.kind == "function" ? cursor.list() : std::vector<std::string>()});
    } else if (cursor.take("drop")) {
      const DropHead head = read_drop_head(cursor);
      while (!head.kind.empty() && !cursor.done()) {
        SqlCursor item(cursor.until_comma());
        out.dropped.push_back({.kind = head.kind, .name = item.name(), .statement = i});
      }
    } else if (cursor.take("alter")) {
      outline_alter(out, cursor, i);
    }
  }
  return out;
}

bool LintStep::is_old_table(const std::string& name) const {
  const auto found = schema.tables.find(name);
  return found == schema.tables.end() || is_old(found->second.since);
}

bool LintStep::is_old_column(const std::string& table, const std::string& column) const {
  if (!is_old_table(table)) return false;
  const auto found = schema.tables.find(table);
  if (found == schema.tables.end()) return true;
  const auto known = found->second.columns.find(column);
  return known == found->second.columns.end() || is_old(known->second.since);
}

}  // namespace ashlar::sql::detail
