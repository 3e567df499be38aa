// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/detail/column_types.hpp"
#include "ashlar/sql/list_column.hpp"

#include <cstdint>
#include <string>
#include <vector>

// Properties of a table in addition to its columns, stated after its name:
//
//   ASHLAR_TABLE(Post, "posts",
//                sql::references<&Post::author_id, &UserRow::id>(sql::OnDelete::cascade),
//                sql::index<&Post::author_id, &Post::created_at>("posts_author"),
//                sql::unique<&Post::slug>("posts_slug"),
//                sql::check("length(title) > 0"))
//
// `ashlar migrate new` writes migrations from them (model.hpp); queries ignore them. A table whose struct has a member
// `id` needs no primary_key. Columns are NOT NULL unless their member is optional or Nullable; those of enumerations
// accept only the enumerators' names.
namespace ashlar::sql {

// SQL that may differ between databases.
struct SqlOf {
  constexpr SqlOf(const char* both) : sqlite(both), postgres(both) {}  // NOLINT(google-explicit-constructor)
  constexpr SqlOf(const char* in_sqlite, const char* in_postgres) : sqlite(in_sqlite), postgres(in_postgres) {}
  std::string_view sqlite;
  std::string_view postgres;

  [[nodiscard]] std::string_view in(Dialect dialect) const { return dialect == Dialect::sqlite ? sqlite : postgres; }
};

enum class OnDelete : std::uint8_t { refuse, cascade, set_null };  // what happens to rows that reference a deleted one

struct TableRule {
  enum class Kind : std::uint8_t {
    primary_key,
    reference,
    index,
    unique,
    index_of_items,
    check,
    type,
    default_value,
    without_rowid,
    generated_number,
  };
  Kind kind;
  std::string_view name{};                  // an index's, or the column's
  std::vector<std::string_view> columns{};  // in their order
  SqlOf sql = "";                           // an expression or a type
  SqlOf where = "";                         // of a partial index: which rows it has
  std::string_view table{}, column{};       // the referenced table and column
  OnDelete on_delete = OnDelete::refuse;
};

template <auto... Members>
TableRule primary_key() {
  return {.kind = TableRule::Kind::primary_key, .columns = {detail::member_name<Members>()...}};
}

template <auto Member, auto Referred>
TableRule references(OnDelete on_delete = OnDelete::refuse) {
  using Here = typename detail::Unwrap<detail::ValueOf<Member>>::Type;
  using There = typename detail::Unwrap<detail::ValueOf<Referred>>::Type;
  static_assert(std::same_as<Here, There>, "a column and the column that it references have the same type");
  return {.kind = TableRule::Kind::reference,
          .columns = {detail::member_name<Member>()},
          .table = table_name<detail::StructOf<Referred>>,
          .column = detail::member_name<Referred>(),
          .on_delete = on_delete};
}

// On columns, or on an expression: index("posts_title", "lower(title)").
template <auto... Members>
  requires(sizeof...(Members) > 0)
TableRule index(const char* name) {
  return {.kind = TableRule::Kind::index, .name = name, .columns = {detail::member_name<Members>()...}};
}
inline TableRule index(const char* name, SqlOf expression) {
  return {.kind = TableRule::Kind::index, .name = name, .sql = expression};
}
template <auto... Members>
  requires(sizeof...(Members) > 0)
TableRule unique(const char* name) {
  return {.kind = TableRule::Kind::unique, .name = name, .columns = {detail::member_name<Members>()...}};
}
// An index of some rows only: partial(index<&Job::queue>("jobs_waiting"), "state = 'waiting'").
inline TableRule partial(TableRule index, SqlOf where) {
  index.where = where;
  return index;
}
// Without a name it is a constraint of the table, and not an index that can be dropped and created again.
template <auto... Members>
  requires(sizeof...(Members) > 0)
TableRule unique() {
  return {.kind = TableRule::Kind::unique, .columns = {detail::member_name<Members>()...}};
}
inline TableRule unique(const char* name, SqlOf expression) {
  return {.kind = TableRule::Kind::unique, .name = name, .sql = expression};
}

// For contains(), contains_any() and contains_all() of a list column (list_column.hpp): a GIN index in PostgreSQL,
// nothing in SQLite.
template <auto Member>
TableRule index_of_items(const char* name) {
  static_assert(detail::is_list<typename detail::Unwrap<detail::ValueOf<Member>>::Type>, "the column is not a list");
  return {.kind = TableRule::Kind::index_of_items, .name = name, .columns = {detail::member_name<Member>()}};
}

inline TableRule check(SqlOf condition) { return {.kind = TableRule::Kind::check, .sql = condition}; }

// A type other than the member's: type<&Row::age>({"integer", "smallint"}).
template <auto Member>
TableRule type(SqlOf type) {
  return {.kind = TableRule::Kind::type, .name = detail::member_name<Member>(), .sql = type};
}
template <auto Member>
TableRule default_value(SqlOf expression) {
  return {.kind = TableRule::Kind::default_value, .name = detail::member_name<Member>(), .sql = expression};
}
// The database numbers the rows as they are inserted, with gaps and not in the order of commits. In SQLite the column
// must be the primary key.
template <auto Member>
TableRule generated_number() {
  return {.kind = TableRule::Kind::generated_number, .name = detail::member_name<Member>()};
}
// SQLite: stores the rows in the primary key's tree, for small rows that are found by it.
inline TableRule without_rowid() { return {.kind = TableRule::Kind::without_rowid}; }

}  // namespace ashlar::sql
