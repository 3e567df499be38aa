// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/constraints.hpp"

namespace ashlar::cli {

// Asks for a password twice, without echo, when standard input is a terminal; otherwise reads its first line. Throws
// ExitError when the password is not acceptable (8 to 128 characters).
[[nodiscard]] Password read_password();

}  // namespace ashlar::cli
