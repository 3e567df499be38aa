// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::sql::detail {

// Values as bytes. Each value starts with its type, text with its length, so different lists never have the same bytes.
void append_bytes(const Value& value, std::string& out);
std::optional<std::vector<Value>> values_from(std::string_view bytes);

}  // namespace ashlar::sql::detail
