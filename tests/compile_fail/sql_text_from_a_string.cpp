// SPDX-License-Identifier: Apache-2.0
// refused: no matching function for call to 'raw'
#include "tables.hpp"

auto query(const std::string& text) { return raw<std::int64_t>(text); }
