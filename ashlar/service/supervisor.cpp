// SPDX-License-Identifier: Apache-2.0
#include "ashlar/service/supervisor.hpp"

#include "ashlar/core/parse.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <stdexcept>

namespace ashlar::service {

namespace {

constexpr int first_inherited = 3;  // SD_LISTEN_FDS_START

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : value;
}

std::optional<std::int64_t> number_in(const char* name) {
  const std::string_view text = variable(name);
  if (text.empty()) return std::nullopt;
  const auto value = parse_integer<std::int64_t>(text);
  if (value.value_or(-1) < 0)
    throw std::invalid_argument(std::string(name) + ": expected a whole number, found \"" + std::string(text) + '"');
  return value;
}

bool for_this_process(const char* name) {
  const auto pid = number_in(name);
  return pid && *pid == ::getpid();
}

bool is_listening(int descriptor) {
  int listening = 0;
  socklen_t size = sizeof listening;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening == 1;
}

}  // namespace

Supervisor::Supervisor() : address_(variable("NOTIFY_SOCKET")) {
  read_watchdog();
  read_listening_socket();
  if (address_.empty()) return;
  if ((address_.front() != '/' && address_.front() != '@') || address_.size() >= sizeof(sockaddr_un::sun_path))
    throw std::invalid_argument("NOTIFY_SOCKET: expected a path or an abstract name, found \"" + address_ + '"');
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

Supervisor::~Supervisor() {
  if (socket_ >= 0) ::close(socket_);
}

void Supervisor::read_watchdog() {
  const auto microseconds = number_in("WATCHDOG_USEC");
  if (!microseconds || *microseconds == 0) return;
  if (!variable("WATCHDOG_PID").empty() && !for_this_process("WATCHDOG_PID")) return;
  watchdog_time_ = std::chrono::milliseconds{*microseconds / 1000};
}

void Supervisor::read_listening_socket() {
  if (!for_this_process("LISTEN_PID")) return;
  const auto count = number_in("LISTEN_FDS");
  if (!count || *count == 0) return;
  if (*count != 1)
    throw std::invalid_argument("LISTEN_FDS: expected 1 socket, found " + std::to_string(*count) +
                                "; [::]:PORT in one ListenStream listens on both families");
  if (!is_listening(first_inherited))
    throw std::invalid_argument("LISTEN_FDS: descriptor 3 is not a listening socket (Accept= must be no)");
  ::fcntl(first_inherited, F_SETFD, FD_CLOEXEC);
  listening_socket_ = first_inherited;
}

bool Supervisor::send(std::string_view state) const {
  if (address_.empty()) return true;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  if (address_.front() == '@') to.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  return ::sendto(socket_, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), size) ==
         static_cast<ssize_t>(state.size());
}

bool Supervisor::ready() const { return send("READY=1\nSTATUS=serving"); }

bool Supervisor::reloading() const {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);  // Type=notify-reload compares it with the time of its signal
  const std::int64_t microseconds = static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
  return send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

bool Supervisor::stopping() const { return send("STOPPING=1\nSTATUS=finishing requests"); }
bool Supervisor::alive() const { return send("WATCHDOG=1"); }

}  // namespace ashlar::service
