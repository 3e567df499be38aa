// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/detached_application.hpp"
#include "cli/table.hpp"

#include <string>

namespace ashlar::cli {

int print_routes() {
  DetachedApplication detached;
  Table table({"METHOD", "PATH", "GUARD", "LIMIT", "SUMMARY"});
  for (const auto& route : detached.app().routes()) {
    table.add({std::string(http::to_string(route->method)), route->path, route->guard_text(), route->limit_text(),
               route->endpoint.summary});
  }
  table.print();
  return exit_ok;
}

}  // namespace ashlar::cli
