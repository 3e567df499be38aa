// SPDX-License-Identifier: Apache-2.0
#include "tests/support/redis_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace ashlar::tests {
namespace {

int free_port() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0) throw std::runtime_error("no free port");
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
  close(listener);
  return ntohs(address.sin_port);
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> options) : options_(std::move(options)), port_(free_port()) {
  start();
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
