// SPDX-License-Identifier: Apache-2.0
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

// The least that a server on this kernel can do for a request, and so what ours is measured against: one epoll loop,
// one read, one constant answer for each blank line, one write. It routes, checks and limits nothing, and is no server.
//   bench_floor PORT
namespace {

constexpr std::string_view answer =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: application/json\r\n"
    "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
    "Content-Length: 27\r\n"
    "\r\n"
    R"({"message":"Hello, World!"})";

int listen_on(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || listen(listener, 1024) != 0) {
    std::perror("bench_floor");
    std::exit(1);
  }
  return listener;
}

void watch(int poll, int socket) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = socket;
  epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
}

void accept_all(int poll, int listener) {
  for (;;) {
    const int client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0) return;
    const int on = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(poll, client);
  }
}

void serve(int client, std::string& out) {
  static std::array<char, 64 * 1024> in;
  const ssize_t size = read(client, in.data(), in.size());
  if (size <= 0) {
    close(client);
    return;
  }
  out.clear();
  const std::string_view bytes(in.data(), static_cast<std::size_t>(size));
  for (std::size_t at = bytes.find("\r\n\r\n"); at != bytes.npos; at = bytes.find("\r\n\r\n", at + 4)) out += answer;
  if (!out.empty() && write(client, out.data(), out.size()) < 0) close(client);
}

}  // namespace

int main(int argc, char** argv) {
  const int listener = listen_on(static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080));
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  watch(poll, listener);
  std::array<epoll_event, 512> events{};
  std::string out;
  for (;;) {
    const int count = epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int ready = events[static_cast<std::size_t>(i)].data.fd;
      if (ready == listener) {
        accept_all(poll, listener);
      } else {
        serve(ready, out);
      }
    }
  }
}
