// SPDX-License-Identifier: Apache-2.0
#include "tests/support/redis_sentinel.hpp"

#include "tests/support/free_port.hpp"

#include <fstream>
#include <stdexcept>

namespace ashlar::tests {

RedisSentinel::RedisSentinel(int master_port, const std::string& password) {
  constexpr int attempts_max = 5;
  for (int attempt = 1; process_ == nullptr; ++attempt) {
    port_ = free_port();
    const auto file = folder_.path() / "sentinel.conf";
    std::ofstream(file) << (password.empty() ? "" : "requirepass " + password + "\n") << "bind 127.0.0.1\nport "
                        << port_ << "\nsentinel monitor shop 127.0.0.1 " << master_port
                        << " 1\nsentinel down-after-milliseconds shop 300\nsentinel failover-timeout shop 5000\n";
    auto process = std::make_unique<test::Process>(test::Command{
        .words = {"/usr/bin/setpriv", "--pdeathsig", "KILL", "/usr/bin/redis-server", file.string(), "--sentinel"},
        .folder = folder_.path()});
    try {
      process->wait_for("+slave slave");
      process_ = std::move(process);
    } catch (const std::runtime_error&) {  // its port was taken meanwhile, or it is broken
      if (attempt == attempts_max) throw;
    }
  }
}

void RedisSentinel::wait_for_failover() { process_->wait_for("+switch-master shop"); }

}  // namespace ashlar::tests
