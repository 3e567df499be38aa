// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/detail/select_parts.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::sql::detail {

// The related rows of each row, and the member that receives them.
struct IncludeTerm {
  std::string_view member;  // a vector of rows; or one row, optional or not
  ColumnName own_key;
  const schema::Type& (*own_key_type)();
  ColumnName other_key;
  const schema::Type& (*other_key_type)();
  const schema::Type& (*row_type)();
  SelectParts rows;                                // of the other table
  std::optional<std::int64_t> rows_of_each_max{};  // none: a relation to one row
  std::vector<IncludeTerm> nested{};
};

// Reads the rows of one query together with their keys, then the related rows: one query per relation, whatever the
// number of rows. The rows must not move between reading and loading.
class IncludeLoader {
 public:
  IncludeLoader(const schema::Type& type, const std::vector<IncludeTerm>& terms);

  [[nodiscard]] const std::string& columns() const { return columns_; }
  // Reads a row's own members and stores its keys; rows are numbered from 0 in this order.
  void read(const Row& row, void* object);
  // The columns that read() needs.
  [[nodiscard]] std::size_t width() const { return members_.size() + terms_->size(); }
  // `objects` in the order of reading.
  Task<Result<>> load(Executor& executor, std::vector<void*> objects);

 private:
  struct Keyed;
  Task<Result<>> load_relation(Executor& executor, std::size_t relation, const std::vector<void*>& objects);

  const schema::Type* type_;
  const std::vector<IncludeTerm>* terms_;
  std::vector<const schema::Member*> members_;  // that are columns
  std::string columns_;
  std::vector<std::vector<Value>> keys_;  // for each term those of all rows
};

}  // namespace ashlar::sql::detail
