// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace ashlar::backend {

// backend/proto.lock, as it was compiled in.
[[nodiscard]] std::string field_numbers();

}  // namespace ashlar::backend
