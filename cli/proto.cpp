// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/detached_application.hpp"

#include <cstdio>

namespace ashlar::cli {

int print_proto(ProtoOutput output) {
  DetachedApplication detached(DetachedApplication::Features::all);
  const grpc::Proto& proto = detached.application().proto();
  const std::string text = output == ProtoOutput::lock ? proto.numbers().to_string() : proto.to_string();
  std::fputs(text.c_str(), stdout);
  return exit_ok;
}

}  // namespace ashlar::cli
