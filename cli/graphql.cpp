// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/detached_application.hpp"

#include <cstdio>

namespace ashlar::cli {

int print_graphql_schema() {
  DetachedApplication detached;
  std::fputs(detached.application().graphql_types().sdl().c_str(), stdout);
  return exit_ok;
}

}  // namespace ashlar::cli
