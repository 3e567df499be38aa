// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

// Clients of the API for other languages.
namespace ashlar::cli {

struct ClientCommand {
  std::string folder = "client";
  std::string openapi_file{};  // empty: this server's description
};
// Writes the client, over one of an earlier run. Throws ExitError, before it writes, when another file has its name,
// and for a description that has no client.
int write_typescript_client(const ClientCommand& wanted);

}  // namespace ashlar::cli
