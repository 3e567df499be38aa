// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/core/uuid.hpp"

#include <string_view>

namespace ashlar::backend {

// Logs a security event about the account, with the client's address, once the unit commits. `message` is a literal.
void log_account_event(api::UnitOfWork& unit, std::string_view message, const Uuid& account);

}  // namespace ashlar::backend
