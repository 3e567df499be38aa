// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/constraints.hpp"

namespace ashlar::cli {

// Asks for a password, twice and unseen, where standard input is a terminal; elsewhere reads its first line.
// Throws ExitError when it is none that can be set (8 to 128 characters).
[[nodiscard]] Password read_password();

}  // namespace ashlar::cli
