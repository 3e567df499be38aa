// SPDX-License-Identifier: Apache-2.0
#include "tests/support/nats_server.hpp"

#include "tests/support/free_port.hpp"

#include <signal.h>

#include <stdexcept>

namespace ashlar::tests {

NatsServer::NatsServer() {
  constexpr int attempts_max = 5;
  for (int attempt = 1;; ++attempt) {
    port_ = free_port();
    try {
      start();
      return;
    } catch (const std::runtime_error&) {  // its port was taken meanwhile, or it is broken
      if (attempt == attempts_max) throw;
    }
  }
}

void NatsServer::start() {
  process_ = std::make_unique<test::Process>(
      test::Command{.words = {"/usr/bin/setpriv", "--pdeathsig", "KILL", "/usr/sbin/nats-server", "--addr", "127.0.0.1",
                              "--port", std::to_string(port_), "--jetstream", "--store_dir", folder_.path().string()},
                    .folder = folder_.path()});
  process_->wait_for("Server is ready");
}

void NatsServer::kill() { process_.reset(); }
void NatsServer::hang() { process_->signal(SIGSTOP); }
void NatsServer::go_on() { process_->signal(SIGCONT); }

}  // namespace ashlar::tests
