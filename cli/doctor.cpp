// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor.hpp"

#include "ashlar/schema/json.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace ashlar::cli {

namespace {

struct Diagnosis {
  bool healthy = true;
  std::vector<Check> checks{};
};
ASHLAR_DESCRIBE(Diagnosis, healthy, checks)

std::vector<Check> all_checks() {
  auto env = config::Environment::of_process(".env");
  const backend::Settings settings = backend::read_settings(env);
  std::vector<Check> out{
      {.name = "configuration", .detail = "environment and .env, " + std::string(backend::to_string(settings.stage))}};
  if (!env.faults().empty()) {
    std::string faults = env.report();
    while (faults.ends_with('\n')) faults.pop_back();
    out.front() = {.name = "configuration",
                   .state = CheckState::finding,
                   .detail = std::move(faults),
                   .advice = "correct these variables; docs/guide/configuration.md lists them all"};
    return out;
  }
  std::ranges::move(check_settings(settings), std::back_inserter(out));
  std::ranges::move(check_database(settings), std::back_inserter(out));
  std::ranges::move(check_host(settings), std::back_inserter(out));
  return out;
}

void print_table(const Diagnosis& diagnosis) {
  Table table({"CHECK", "STATE", "DETAIL"});
  for (const Check& check : diagnosis.checks) {
    table.add({check.name, std::string(schema::name_of(check.state)), check.detail});
    if (!check.advice.empty()) table.add({"", "", "-> " + check.advice});
  }
  table.print();
}

}  // namespace

int doctor(DoctorOutput output) {
  Diagnosis diagnosis{.checks = all_checks()};
  diagnosis.healthy = std::ranges::find(diagnosis.checks, CheckState::finding, &Check::state) == diagnosis.checks.end();
  if (output == DoctorOutput::json) {
    std::string json;
    schema::write_json(diagnosis, json);
    std::puts(json.c_str());
  } else {
    print_table(diagnosis);
  }
  return diagnosis.healthy ? exit_ok : exit_failed;
}

}  // namespace ashlar::cli
