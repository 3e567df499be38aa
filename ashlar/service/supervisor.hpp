// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::service {

// systemd, or another supervisor with its two protocols: it receives the state of the service (sd_notify(3)) and may
// pass a listening socket (sd_listen_fds(3)). Without a supervisor nothing is sent.
class Supervisor {
 public:
  // From NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID, LISTEN_PID and LISTEN_FDS. Throws std::invalid_argument that names
  // the variable.
  Supervisor();
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // False: there is a supervisor but it could not be reached. From any thread.
  bool ready() const;      // serving; also after reloading()
  bool reloading() const;  // until the next ready()
  bool stopping() const;
  bool alive() const;  // the watchdog's keep-alive

  // The longest time between two calls of alive(); nullopt: there is no watchdog.
  [[nodiscard]] std::optional<std::chrono::milliseconds> watchdog_time() const { return watchdog_time_; }
  // The caller owns it.
  [[nodiscard]] std::optional<int> listening_socket() const { return listening_socket_; }

 private:
  [[nodiscard]] bool send(std::string_view state) const;
  void read_watchdog();
  void read_listening_socket();

  std::string address_;
  int socket_ = -1;
  std::optional<std::chrono::milliseconds> watchdog_time_;
  std::optional<int> listening_socket_;
};

}  // namespace ashlar::service
