// SPDX-License-Identifier: Apache-2.0
#include "tests/support/redis_server.hpp"

#include "tests/support/free_port.hpp"

#include <signal.h>

#include <stdexcept>

namespace ashlar::tests {
RedisServer::RedisServer(std::vector<std::string> options) : options_(std::move(options)) {
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

RedisServer& RedisServer::shared() {
  static RedisServer server;
  return server;
}

void RedisServer::start() {
  std::vector<std::string> words = {"/usr/bin/setpriv", "--pdeathsig", "KILL", "/usr/bin/redis-server", "--bind",
                                    "127.0.0.1",        "--save",      "",     "--appendonly",          "no"};
  bool has_tls = false;
  for (const auto& option : options_) has_tls = has_tls || option == "--tls-cert-file";
  words.insert(words.end(), {"--port", has_tls ? "0" : std::to_string(port_)});
  if (has_tls) words.insert(words.end(), {"--tls-port", std::to_string(port_)});
  words.insert(words.end(), options_.begin(), options_.end());
  process_ = std::make_unique<test::Process>(test::Command{.words = words, .folder = folder_.path()});
  process_->wait_for("Ready to accept connections");
}

void RedisServer::kill() { process_.reset(); }
void RedisServer::hang() { process_->signal(SIGSTOP); }
void RedisServer::go_on() { process_->signal(SIGCONT); }

}  // namespace ashlar::tests
