// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/model.hpp"

#include <vector>

namespace ashlar::backend {

// Every table of the backend's, as its struct describes it: what `ashlar migrate new` compares the migrations with.
[[nodiscard]] std::vector<sql::TableModel> models();

}  // namespace ashlar::backend
