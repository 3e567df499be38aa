// SPDX-License-Identifier: Apache-2.0
#include "backend/version.hpp"

#include "ashlar/version.hpp"

namespace ashlar::backend {

std::string_view version() { return library_version; }

}  // namespace ashlar::backend
