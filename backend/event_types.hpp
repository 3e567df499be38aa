// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace ashlar::backend {

// The types of all events that the backend publishes.
[[nodiscard]] std::vector<std::string> event_types();

}  // namespace ashlar::backend
