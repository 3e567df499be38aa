// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/detached_application.hpp"

#include <cstdio>

namespace ashlar::cli {

int print_openapi() {
  DetachedApplication detached;
  std::puts(detached.app().openapi().c_str());
  return exit_ok;
}

}  // namespace ashlar::cli
