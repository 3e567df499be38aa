// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/config/environment.hpp"

// The exit codes of `ashlar`, also listed in docs/reference/cli.md.
namespace ashlar::cli {

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;   // the command failed: the message gives the reason
inline constexpr int exit_usage = 64;   // the command line is invalid (EX_USAGE of sysexits.h)
inline constexpr int exit_schema = 65;  // the database's schema does not match this binary (EX_DATAERR)
inline constexpr int exit_config = config::exit_code_config;  // 78: the environment or .env is invalid

}  // namespace ashlar::cli
