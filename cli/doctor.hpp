// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/describe.hpp"
#include "backend/settings.hpp"

#include <string>
#include <vector>

// The checks of `ashlar doctor`. They change nothing.
namespace ashlar::cli {

enum class CheckState : std::uint8_t {
  ok,
  note,     // informative, not a fault
  finding,  // to be corrected
  skipped,  // depends on an earlier finding
};
ASHLAR_DESCRIBE_ENUM(CheckState, ok, note, finding, skipped)

struct Check {
  std::string name{};
  CheckState state = CheckState::ok;
  std::string detail{};
  std::string advice{};  // how to correct a finding
};
ASHLAR_DESCRIBE(Check, name, state, detail, advice)

// doctor_settings.cpp: values that are allowed but unsafe: findings in production, notes elsewhere. Secrets are never
// shown.
[[nodiscard]] std::vector<Check> check_settings(const backend::Settings& settings);
// doctor_host.cpp: the machine: disk space, clock, file permissions.
[[nodiscard]] std::vector<Check> check_host(const backend::Settings& settings);
// doctor_database.cpp: availability, migrations, drift, integrity.
[[nodiscard]] std::vector<Check> check_database(const backend::Settings& settings);

}  // namespace ashlar::cli
