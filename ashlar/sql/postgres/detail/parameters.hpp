// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/sql/value.hpp"

#include <libpq-fe.h>

#include <array>
#include <vector>

namespace ashlar::sql::postgres::detail {

// The declared type of a parameter; `inferred` for text and NULL.
Oid declared_type(const Value& value);

// The parameters of a statement in libpq's form. Points into the values; reused for the next statement.
class Parameters {
 public:
  // Errors: sql.invalid_text for a NUL, sql.invalid_number for a NaN, database.failed for more than 65,535 parameters.
  Result<> encode(const std::vector<Value>& values);

  [[nodiscard]] int count() const { return static_cast<int>(values_.size()); }
  [[nodiscard]] const char* const* values() const { return values_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  void binary(std::size_t at, const void* data, std::size_t length);
  void binary(std::size_t at, std::uint64_t bits);

  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<std::array<char, 8>> fixed_;  // numbers in network order
};

}  // namespace ashlar::sql::postgres::detail
