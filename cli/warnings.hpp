// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/log/logger.hpp"
#include "backend/settings.hpp"

namespace ashlar::cli {

// Logs settings that are allowed but probably unintended: a development server that other machines can reach, and pages
// that production does not serve because they are unprotected.
void warn_about(const backend::Settings& settings, log::Logger& logger);

}  // namespace ashlar::cli
