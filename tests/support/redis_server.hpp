// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/process.hpp"

#include <memory>
#include <string>
#include <vector>

namespace ashlar::tests {

// A Redis server of the test's own, on 127.0.0.1 and a port that was free, which writes nothing to a disk. Killed at
// the end. Throws std::runtime_error when it cannot be started.
class RedisServer {
 public:
  explicit RedisServer(std::vector<std::string> options = {});  // as on redis-server's command line

  // One for the whole test program, for tests that leave it as it was.
  static RedisServer& shared();

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }

  void start();  // on the same port
  void kill();   // with SIGKILL
  void hang();   // takes connections and answers nothing, until `go_on`
  void go_on();

 private:
  std::vector<std::string> options_;
  test::TemporaryFolder folder_;
  int port_ = 0;
  std::unique_ptr<test::Process> process_;
};

}  // namespace ashlar::tests
