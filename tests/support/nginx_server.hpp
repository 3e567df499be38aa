// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/process.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace ashlar::tests {

// nginx on 127.0.0.1 and a port that was free, before instances: each request goes to the next one, and X-Upstream of
// the answer says to which. It says who the client is as docs/guide/instances.md has it. Killed at the end. Throws
// std::runtime_error when it cannot be started.
class NginxServer {
 public:
  explicit NginxServer(const std::vector<std::uint16_t>& instances);

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void start(const std::vector<std::uint16_t>& instances);

  test::TemporaryFolder folder_;
  std::uint16_t port_ = 0;
  std::unique_ptr<test::Process> process_;
};

}  // namespace ashlar::tests
