// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/detached_application.hpp"
#include "cli/table.hpp"

#include <string>

namespace ashlar::cli {

namespace {

std::string limit_text(const web::Route& route) {
  if (!route.limit) return "-";
  const auto seconds = route.limit->window.count();
  const std::string requests = std::to_string(route.limit->requests);
  return seconds == 60 ? requests + "/min" : requests + "/" + std::to_string(seconds) + "s";
}

}  // namespace

int print_routes() {
  DetachedApplication detached;
  Table table({"METHOD", "PATH", "GUARD", "LIMIT", "SUMMARY"});
  for (const auto& route : detached.app().routes()) {
    table.add({std::string(http::to_string(route->method)), route->path, route->guard_text(), limit_text(*route),
               route->summary});
  }
  table.print();
  return exit_ok;
}

}  // namespace ashlar::cli
