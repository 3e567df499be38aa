// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/describe.hpp"
#include "backend/settings.hpp"

#include <string>
#include <vector>

// The checks of `ashlar doctor`. They look, and change nothing.
namespace ashlar::cli {

enum class CheckState : std::uint8_t {
  ok,
  note,     // worth knowing, and no fault
  finding,  // to be mended
  skipped,  // something before it has to be mended first
};
ASHLAR_DESCRIBE_ENUM(CheckState, ok, note, finding, skipped)

struct Check {
  std::string name{};
  CheckState state = CheckState::ok;
  std::string detail{};
  std::string advice{};  // what mends a finding
};
ASHLAR_DESCRIBE(Check, name, state, detail, advice)

// doctor_settings.cpp: values that are allowed and unsafe: findings in production, notes elsewhere. No value of a
// secret is shown.
[[nodiscard]] std::vector<Check> check_settings(const backend::Settings& settings);
// doctor_host.cpp: of the machine; disk space, clock, who can read the files.
[[nodiscard]] std::vector<Check> check_host(const backend::Settings& settings);
// doctor_database.cpp: whether it answers; migrations, drift, integrity.
[[nodiscard]] std::vector<Check> check_database(const backend::Settings& settings);

}  // namespace ashlar::cli
