// SPDX-License-Identifier: Apache-2.0
#include "ashlar/service/supervisor.hpp"

#include <gmock/gmock.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace ashlar::service {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

struct Variable {
  const char* name;
  std::string value;
};

// The variables of one test; without them at its end.
class Environment {
 public:
  explicit Environment(const std::vector<Variable>& variables) {
    for (const char* name : names) ::unsetenv(name);
    for (const Variable& variable : variables) ::setenv(variable.name, variable.value.c_str(), 1);
  }
  ~Environment() {
    for (const char* name : names) ::unsetenv(name);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  static constexpr std::array names = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS"};
};

// A supervisor's end of the protocol, at an abstract address.
class NotifySocket {
 public:
  NotifySocket() : name_("ashlar_supervisor_test_" + std::to_string(::getpid())) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path + 1, name_.data(), name_.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name_.size());
    if (socket_ < 0 || ::bind(socket_, reinterpret_cast<const sockaddr*>(&at), size) != 0)
      throw std::runtime_error("cannot bind");
  }
  ~NotifySocket() { ::close(socket_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  [[nodiscard]] std::string address() const { return '@' + name_; }
  // What was sent already; empty for nothing.
  [[nodiscard]] std::string receive() const {
    std::array<char, 256> out{};
    const auto size = ::recv(socket_, out.data(), out.size(), MSG_DONTWAIT);
    return size < 0 ? std::string() : std::string(out.data(), static_cast<std::size_t>(size));
  }

 private:
  std::string name_;
  int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

TEST(Supervisor, RefusesMalformedVariablesByName) {
  const std::string here = std::to_string(::getpid());
  const std::vector<std::vector<Variable>> rows = {{{"NOTIFY_SOCKET", "relative"}},
                                                   {{"NOTIFY_SOCKET", '/' + std::string(200, 'a')}},
                                                   {{"WATCHDOG_USEC", "soon"}},
                                                   {{"WATCHDOG_USEC", "-1"}},
                                                   {{"LISTEN_PID", "x"}},
                                                   {{"LISTEN_FDS", "2"}, {"LISTEN_PID", here}},
                                                   {{"LISTEN_FDS", "x"}, {"LISTEN_PID", here}}};
  for (const auto& row : rows) {
    const Environment environment(row);
    try {
      const Supervisor supervisor;
      ADD_FAILURE() << row.front().name << '=' << row.front().value;
    } catch (const std::invalid_argument& refused) {
      EXPECT_THAT(refused.what(), HasSubstr(row.front().name)) << row.front().value;
    }
  }
}

TEST(Supervisor, SendsNothingWithoutOne) {
  const Environment environment({});
  const Supervisor supervisor;
  EXPECT_TRUE(supervisor.ready());
  EXPECT_TRUE(supervisor.stopping());
  EXPECT_EQ(supervisor.watchdog_time(), std::nullopt);
  EXPECT_EQ(supervisor.listening_socket(), std::nullopt);
}

TEST(Supervisor, IgnoresTheVariablesOfAnotherProcess) {
  const Environment environment(
      {{"WATCHDOG_USEC", "5000000"}, {"WATCHDOG_PID", "1"}, {"LISTEN_PID", "1"}, {"LISTEN_FDS", "2"}});
  const Supervisor supervisor;
  EXPECT_EQ(supervisor.watchdog_time(), std::nullopt);
  EXPECT_EQ(supervisor.listening_socket(), std::nullopt);
}

TEST(Supervisor, SendsTheStateOfTheService) {
  const NotifySocket socket;
  const Environment environment({{"NOTIFY_SOCKET", socket.address()}, {"WATCHDOG_USEC", "5000000"}});
  const Supervisor supervisor;
  EXPECT_EQ(supervisor.watchdog_time(), 5s);
  EXPECT_TRUE(supervisor.ready());
  EXPECT_EQ(socket.receive(), "READY=1\nSTATUS=serving");
  EXPECT_TRUE(supervisor.alive());
  EXPECT_EQ(socket.receive(), "WATCHDOG=1");
  EXPECT_TRUE(supervisor.reloading());
  EXPECT_THAT(socket.receive(), HasSubstr("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_TRUE(supervisor.stopping());
  EXPECT_EQ(socket.receive(), "STOPPING=1\nSTATUS=finishing requests");
}

TEST(Supervisor, SaysThatItWasNotReached) {
  const Environment environment({{"NOTIFY_SOCKET", "@ashlar_supervisor_test_of_no_process"}});
  const Supervisor supervisor;
  EXPECT_FALSE(supervisor.ready());
}

}  // namespace
}  // namespace ashlar::service
