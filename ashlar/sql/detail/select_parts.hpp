// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/order.hpp"
#include "ashlar/sql/search.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace ashlar::sql {

// What a locking read does about rows that another transaction has locked.
// `refuse`: database.serialization immediately (NOWAIT).
enum class LockedRows : unsigned char { wait, skip, refuse };

namespace detail {

enum class Lock : unsigned char { none, share, update };
enum class Duplicates : unsigned char { kept, removed };
enum class JoinKind : unsigned char { inner, left };

struct JoinTerm {
  JoinKind kind{};
  std::string_view table;
  ConditionTree on;
};

// Only the rows that contain these words.
struct SearchTerm {
  SearchIndexName index;
  std::string text;
};

// The parts of a read, independent of its structs. The selection is a list of columns as text, or `computed`.
struct SelectParts {
  std::string_view table;
  std::vector<JoinTerm> joins{};
  std::optional<SearchTerm> search{};
  ConditionTree condition{};
  std::span<const ColumnName> computed{};  // static, like the groups
  std::span<const ColumnName> groups{};
  ConditionTree having{};
  std::vector<OrderTerm> orders{};
  std::optional<std::int64_t> limit{};
  std::int64_t offset = 0;
  Duplicates duplicates{};
  Lock lock{};
  LockedRows locked_rows{};

  [[nodiscard]] Statement rows(Dialect dialect, std::string_view columns) const;
  [[nodiscard]] Statement first(Dialect dialect, std::string_view columns) const;
  [[nodiscard]] Statement count(Dialect dialect, std::string_view columns) const;
  [[nodiscard]] Statement exists(Dialect dialect) const;
  // The first rows of each group with equal `key`, in the order, with their columns and then the key.
  [[nodiscard]] Statement rows_of_each(Dialect dialect, std::string_view columns, ColumnName key,
                                       std::int64_t rows) const;
  // The maximum number of rows; 0 when unknown.
  [[nodiscard]] std::size_t rows_expected() const { return limit ? static_cast<std::size_t>(*limit) : 0; }
  void set_page(std::int64_t page, std::int64_t rows);
  void set_lock(Lock strength, LockedRows others);
};

}  // namespace detail
}  // namespace ashlar::sql
