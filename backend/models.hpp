// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/model.hpp"

#include <vector>

namespace ashlar::backend {

// Every table of the backend, described by its struct: `ashlar migrate new` compares the migrations with them.
[[nodiscard]] std::vector<sql::TableModel> models();

}  // namespace ashlar::backend
