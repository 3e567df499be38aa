// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/application.hpp"
#include "backend/users/first_admin.hpp"

#include <cstdint>

namespace ashlar::cli {

// The information for a developer about a server that has just started: its address, its documentation, the admin, and
// a command to paste. On the terminal, or on standard error when standard output is a log.
void print_welcome(const backend::Settings& settings, std::uint16_t port, const backend::FirstAdminOutcome& admin,
                   backend::Dependencies dependencies);

}  // namespace ashlar::cli
