// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::cli {

// systemd, or whoever else started the process and speaks its two protocols: it is told how the service is
// (sd_notify(3)), and may hand over a socket that listens already (sd_listen_fds(3)). Nobody there: nothing happens.
class Supervisor {
 public:
  // From NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID, LISTEN_PID and LISTEN_FDS. Throws Stop (78), naming the variable.
  Supervisor();
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Each says whether it was told, or there is nobody to tell.
  bool ready() const;      // serving; after reloading(), too
  bool reloading() const;  // until the next ready()
  bool stopping() const;
  bool alive() const;  // for its watchdog

  // How often alive() is wanted at least; nullopt: it does not watch.
  [[nodiscard]] std::optional<std::chrono::milliseconds> watchdog_time() const { return watchdog_time_; }
  // The caller's from now on.
  [[nodiscard]] std::optional<int> listening_socket() const { return listening_socket_; }

 private:
  [[nodiscard]] bool tell(std::string_view what) const;
  void read_watchdog();
  void read_listening_socket();

  std::string address_;
  int socket_ = -1;
  std::optional<std::chrono::milliseconds> watchdog_time_;
  std::optional<int> listening_socket_;
};

}  // namespace ashlar::cli
