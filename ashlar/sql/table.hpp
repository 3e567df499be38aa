// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/describe.hpp"
#include "ashlar/sql/value.hpp"

#include <string>
#include <string_view>
#include <type_traits>

// A described struct as a row of a table:
//
//   struct User {
//     Uuid id;
//     Email email;
//     std::optional<Int<0, 150>> age;
//     Timestamp created_at;
//   };
//   ASHLAR_DESCRIBE(User, id, email, age, created_at)
//   ASHLAR_TABLE(User, "users")          // in the struct's namespace
//
// Columns have the members' C++ names. The member's type determines the column's content: a bool a boolean; integers
// and Int an integer; Money an integer of minor units; double a real number; strings and enumerations text; Uuid and
// Timestamp each driver's own form; optional and Nullable the same or NULL; arrays, structs and unions JSON text.
//
// A stored value that its member's type refuses (an age of 200) is a std::logic_error: the table's constraints and the
// struct disagree, which is our bug.
//
// Keys, indexes and the like can be given after the name: see table_rules.hpp.
#define ASHLAR_TABLE(Struct, Name, ...)                                                                        \
  [[maybe_unused]] consteval ::std::string_view ashlar_table_of(::std::type_identity<Struct>) { return Name; } \
  __VA_OPT__([[maybe_unused]] inline auto ashlar_rules_of(::std::type_identity<Struct>) {                      \
    return ::std::vector<::ashlar::sql::TableRule>{__VA_ARGS__};                                               \
  })

namespace ashlar::sql {

template <class T>
concept Table = schema::DescribedStruct<T> && requires { ashlar_table_of(std::type_identity<T>{}); };

template <Table T>
inline constexpr std::string_view table_name = ashlar_table_of(std::type_identity<T>{});

namespace detail {

// Reads one column into a value of the type. `name` is for exception messages.
void read_value(const Row& row, std::size_t column, const schema::Type& type, void* value, std::string_view name);
// Reads a struct whose members are columns of the row, starting at `column`; returns the column after them.
std::size_t read_members(const Row& row, std::size_t column, const schema::Type& type, void* object);
// Reads a struct whose members are the row's columns, in this order.
void read_by_position(const Row& row, const schema::Type& type, void* object);
// Reads a struct whose members are structs of columns; an optional one is absent when all of its columns are NULL.
void read_nested(const Row& row, const schema::Type& type, void* object);
// Reads a struct whose members have the names of columns. `columns` is filled for the first row and reused for the
// next.
void read_by_name(const Row& row, const schema::Type& type, void* object, std::vector<std::size_t>& columns);

// The content type of an optional or nullable; any other type itself.
const schema::Type& content_type(const schema::Type& type);
// The value of a member as a parameter, for a column of its type.
Value column_value(const Row& row, std::size_t column, const schema::Type& type);
// A value of the type as a parameter.
Value value_of(const schema::Type& type, const void* value);
// The members of a struct, as parameters.
void append_values(const schema::Type& type, const void* object, std::vector<Value>& out);

// "id", "email", ...: quoted
std::string column_list(const schema::Type& type);

template <schema::DescribedStruct T>
const std::string& columns_of() {
  static const std::string list = column_list(schema::type_of<T>());
  return list;
}

}  // namespace detail

// A value as a parameter, in the form of its type's column.
template <class T>
Value to_value(const T& value) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return std::string(std::string_view(value));
  } else {
    return detail::value_of(schema::type_of<T>(), &value);
  }
}

// A secret is never stored: hash it.
template <class T>
Value to_value(const Secret<T>& secret) = delete;

}  // namespace ashlar::sql
