// SPDX-License-Identifier: Apache-2.0
// Under a service manager: the notifications to it, and the socket that it passes.
#include "tests/integration/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <string>

namespace ashlar::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// The socket to which a service reports its state.
class NotifySocket {
 public:
  explicit NotifySocket(const TemporaryFolder& folder) : path_((folder.path() / "notify").string()) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    const timeval patience{.tv_sec = 60, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot bind " + path_);
  }
  ~NotifySocket() { ::close(socket_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string next() const {
    std::array<char, 512> buffer{};
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    return size < 0 ? "nothing" : std::string(buffer.data(), static_cast<std::size_t>(size));
  }

 private:
  int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  std::string path_;
};

// A socket that listens before there is a server.
class ListeningSocket {
 public:
  ListeningSocket() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(descriptor_, SOMAXCONN) != 0 ||
        ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("cannot listen");
    }
    port_ = ntohs(address.sin_port);
  }
  ~ListeningSocket() { ::close(descriptor_); }
  ListeningSocket(const ListeningSocket&) = delete;
  ListeningSocket& operator=(const ListeningSocket&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  int descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port_ = 0;
};

// `ashlar serve` as a service manager starts it: LISTEN_PID is its own number.
Command activated(const TemporaryFolder& folder, int descriptor, const std::string& count) {
  Variables variables = server_variables();
  variables["LISTEN_FDS"] = count;
  Command out = ashlar({}, folder, variables);
  out.words = {"/bin/sh", "-c", "LISTEN_PID=$$ exec " + out.words.front() + " serve"};
  out.inherited = descriptor;
  return out;
}

TEST(Service, WrongHandingOverIsNamed) {
  const TemporaryFolder folder;
  const ListeningSocket listening;
  const int plain = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto not_listening = run(activated(folder, plain, "1"));
  ::close(plain);
  EXPECT_EQ(not_listening.exit_code, 78);
  EXPECT_THAT(not_listening.err, HasSubstr("LISTEN_FDS: descriptor 3 is not a listening socket"));
  const auto two = run(activated(folder, listening.descriptor(), "2"));
  EXPECT_EQ(two.exit_code, 78);
  EXPECT_THAT(two.err, HasSubstr("LISTEN_FDS: expected 1 socket"));
  Variables variables = server_variables();
  variables["NOTIFY_SOCKET"] = "vsock:2:1";
  EXPECT_EQ(run(ashlar({"serve"}, folder, variables)).exit_code, 78);
}

TEST(Service, ReceivesEachStepInOrder) {
  const TemporaryFolder folder;
  const NotifySocket manager(folder);
  Variables variables = server_variables();
  variables["NOTIFY_SOCKET"] = manager.path();
  Server server(folder, variables);
  EXPECT_THAT(manager.next(), StartsWith("READY=1"));
  server.process().signal(SIGHUP);
  EXPECT_THAT(manager.next(), StartsWith("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_THAT(manager.next(), StartsWith("READY=1"));
  server.process().signal(SIGTERM);
  EXPECT_THAT(manager.next(), StartsWith("STOPPING=1"));
  EXPECT_EQ(server.process().wait(), 0);
}

TEST(Service, ItsWatchdogIsFed) {
  const TemporaryFolder folder;
  const NotifySocket manager(folder);
  Variables variables = server_variables();
  variables["NOTIFY_SOCKET"] = manager.path();
  variables["WATCHDOG_USEC"] = "20000";
  Server server(folder, variables);
  EXPECT_THAT(manager.next(), StartsWith("READY=1"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(manager.next(), "WATCHDOG=1");
}

TEST(Service, TakesOverTheSocketAndTheNextOneAnswersWhatCameBetween) {
  const TemporaryFolder folder;
  const ListeningSocket listening;
  RawClient early(listening.port());
  early.send("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  {
    Process first(activated(folder, listening.descriptor(), "1"));
    first.wait_for(R"("message":"serving")");
    EXPECT_EQ(early.read_response().status, 200) << "it had come before the server";
    EXPECT_THAT(first.out(), HasSubstr("\"port\":" + std::to_string(listening.port())));
    for (int i = 0; i < 8; ++i) EXPECT_EQ(ApiClient(listening.port()).call("GET", "/health").status, 200);
    first.signal(SIGTERM);
    EXPECT_EQ(first.wait(), 0);
  }
  RawClient between(listening.port());
  between.send("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  Process second(activated(folder, listening.descriptor(), "1"));
  EXPECT_EQ(between.read_response().status, 200) << "no connection was refused in between";
}

}  // namespace
}  // namespace ashlar::test
