// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/process.hpp"

#include <memory>
#include <string>

namespace ashlar::tests {

// A NATS server with JetStream of the test's own, on 127.0.0.1 and a port that was free, which stores in a folder that
// is removed with it. Killed at the end. Throws std::runtime_error when it cannot be started.
class NatsServer {
 public:
  NatsServer();

  [[nodiscard]] std::string url() const { return "nats://127.0.0.1:" + std::to_string(port_); }

  void start();  // on the same port, with what it has stored
  void kill();   // with SIGKILL
  void hang();   // accepts connections and answers nothing, until `go_on`
  void go_on();

 private:
  test::TemporaryFolder folder_;
  int port_ = 0;
  std::unique_ptr<test::Process> process_;
};

}  // namespace ashlar::tests
