// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/process.hpp"

#include <memory>
#include <string>

namespace ashlar::tests {

// A Redis Sentinel of the test's own, which watches one master under the name "shop" and promotes its replica when the
// master has not answered for 300 ms. Killed at the end. Throws std::runtime_error when it cannot be started.
class RedisSentinel {
 public:
  // Waits until it knows a replica of the master. A password is required of its clients.
  explicit RedisSentinel(int master_port, const std::string& password = {});

  [[nodiscard]] int port() const { return port_; }
  void wait_for_failover();

 private:
  test::TemporaryFolder folder_;
  int port_ = 0;
  std::unique_ptr<test::Process> process_;
};

}  // namespace ashlar::tests
