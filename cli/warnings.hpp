// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/log/logger.hpp"
#include "backend/settings.hpp"

namespace ashlar::cli {

// Logs what is allowed and yet probably not meant: the program of a developer that other machines reach, and pages of
// production that are not served because nothing protects them.
void warn_about(const backend::Settings& settings, log::Logger& logger);

}  // namespace ashlar::cli
