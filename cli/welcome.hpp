// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/application.hpp"
#include "backend/users/first_admin.hpp"

#include <cstdint>

namespace ashlar::cli {

// What a developer wants to know of a server that has just begun to serve: where it is, its documentation, who the
// admin is, and a line to paste. On the terminal, or on standard error where standard output is a log.
void print_welcome(const backend::Settings& settings, std::uint16_t port, const backend::FirstAdminOutcome& admin,
                   backend::Dependencies dependencies);

}  // namespace ashlar::cli
