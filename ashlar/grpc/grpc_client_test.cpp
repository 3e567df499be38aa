// SPDX-License-Identifier: Apache-2.0
// gRPC's own client for Node.js, with the .proto that the server prints.
#include "ashlar/grpc/detail/test_operations.hpp"
#include "ashlar/http/server.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace ashlar::grpc {
namespace {

TEST(GrpcClient, AgreesWithTheServer) {
  const ashlar::test::TemporaryFolder folder;
  test::Operations operations;
  http::Server server({.host = "127.0.0.1", .port = 0, .loops = 1}, operations.app);
  server.start();
  const std::string proto = folder.path() / "api.proto";
  std::ofstream(proto) << operations.server.proto().to_string();
  const auto checked = ashlar::test::run(
      {.words = {"/usr/bin/env", "node", ASHLAR_GRPC_CLIENT, std::to_string(server.port()), proto, operations.token()},
       .folder = folder.path()});
  EXPECT_EQ(checked.out, "agreed\n") << checked.err;
}

}  // namespace
}  // namespace ashlar::grpc
