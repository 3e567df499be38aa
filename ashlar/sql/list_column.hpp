// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/json.hpp"
#include "ashlar/sql/condition.hpp"
#include "ashlar/sql/detail/column_types.hpp"

#include <concepts>
#include <initializer_list>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Conditions on the items of a list column: a member that is a std::vector or an Array, kept as a JSON array (`text` in
// SQLite, `jsonb` or `text` in PostgreSQL).
//
//   col<&Product::tags>.contains("sale")                     the list has this item
//   col<&Product::tags>.contains_any({"sale", "new"})        at least one of them; empty: never true
//   col<&Product::tags>.contains_all({"sale", "new"})        each of them; empty: true for every list
//
// Items are text, enumerations, numbers, amounts, ids or timestamps. Text is compared exactly, numbers by value. For a
// NULL column neither the condition nor its negation is true.
//
// PostgreSQL uses a GIN index, which `index_of_items<&Product::tags>("products_tags")` describes (table_rules.hpp):
//   create index products_tags on products using gin (tags jsonb_path_ops);              -- a jsonb column
//   create index products_tags on products using gin ((tags::jsonb) jsonb_path_ops);     -- a text column
// contains_any needs one index condition per item. SQLite cannot index the items of an array: it reads each row that
// the other conditions leave. For a large SQLite table, store such items in a separate table and query them with
// exists.hpp.
namespace ashlar::sql {

namespace detail {

template <class T>
inline constexpr bool is_list = false;
template <class T>
  requires requires { typename T::value_type; }
inline constexpr bool is_list<T> = std::derived_from<T, std::vector<typename T::value_type>>;

// Text that no database accepts is passed on unchanged, so that the driver refuses the parameter: sql.invalid_text.
void append_text_item(std::string_view text, std::string& json);

template <class Item, class V>
void append_item(const V& value, std::string& json) {
  static_assert(!schema::DescribedStruct<Item> && !is_list<Item>,
                "an item that is a struct or a list has no condition");
  static_assert(ComparableWith<Item, V>, "the value does not have the type of the list's items");
  json += json.empty() ? '[' : ',';
  if constexpr (TextLike<V>) {
    append_text_item(value, json);
  } else if constexpr (std::integral<V> && !std::same_as<V, bool>) {
    json += std::to_string(value);
  } else {
    schema::write_json(value, json);
  }
}

template <class Item, class Values>
std::string list_of_items(const Values& values) {
  std::string json;
  for (const auto& value : values) append_item<Item>(value, json);
  return json.empty() ? "[]" : json + ']';
}

template <class Struct, class Type, class Self>
// NOLINTNEXTLINE(bugprone-crtp-constructor-accessibility): Column is an aggregate, so its base is made where it is
struct ListConditions {};

// The conditions of a Column whose member is a list.
template <class Struct, class Type, class Self>
  requires is_list<typename Unwrap<Type>::Type>
// NOLINTNEXTLINE(bugprone-crtp-constructor-accessibility): Column is an aggregate, so its base is made where it is
struct ListConditions<Struct, Type, Self> {
  using Item = typename Unwrap<typename Unwrap<Type>::Type::value_type>::Type;

  template <class V>
  [[nodiscard]] Condition<Struct> contains(const V& item) const {
    return contains_all(std::span(&item, 1));
  }
  template <std::ranges::input_range Values>
  [[nodiscard]] Condition<Struct> contains_all(const Values& items) const {
    return Condition<Struct>(ConditionTree::contains_items(Self::column_name(), list_of_items<Item>(items)));
  }
  template <class V>
  [[nodiscard]] Condition<Struct> contains_all(std::initializer_list<V> items) const {
    return contains_all(std::ranges::subrange(items.begin(), items.end()));
  }
  template <std::ranges::input_range Values>
  [[nodiscard]] Condition<Struct> contains_any(const Values& items) const {
    std::vector<std::string> lists;
    for (const auto& item : items) lists.push_back(list_of_items<Item>(std::span(&item, 1)));
    return Condition<Struct>(ConditionTree::contains_any(Self::column_name(), std::move(lists)));
  }
  template <class V>
  [[nodiscard]] Condition<Struct> contains_any(std::initializer_list<V> items) const {
    return contains_any(std::ranges::subrange(items.begin(), items.end()));
  }
};

}  // namespace detail
}  // namespace ashlar::sql
