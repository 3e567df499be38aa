// SPDX-License-Identifier: Apache-2.0
#include "backend/version.hpp"

namespace ashlar::backend {

std::string_view version() { return ASHLAR_VERSION; }  // from the build

}  // namespace ashlar::backend
