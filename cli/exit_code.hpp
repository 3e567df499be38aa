// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/config/environment.hpp"

// What `ashlar` ends with; docs/reference/cli.md says so, too.
namespace ashlar::cli {

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;                         // it was tried and did not work: the message says why
inline constexpr int exit_usage = 64;                         // the command line is wrong (EX_USAGE of sysexits.h)
inline constexpr int exit_schema = 65;                        // the database's schema is not this binary's (EX_DATAERR)
inline constexpr int exit_config = config::exit_code_config;  // 78: the environment or .env is wrong

}  // namespace ashlar::cli
