// SPDX-License-Identifier: Apache-2.0
#include "tests/support/chromium.hpp"

#include "ashlar/schema/json.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace ashlar::test {

namespace {

constexpr int wait_max_ms = 60'000;

std::string quoted(const std::string& text) {
  std::string out;
  schema::write_json_string(text, out);
  return out;
}

}  // namespace

std::optional<std::string> Chromium::find() {
  for (const char* program : {"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"})
    if (std::filesystem::exists(program)) return program;
  return std::nullopt;
}

Chromium::Chromium(const std::string& program) {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw std::system_error(errno, std::generic_category(), "socketpair");
  pipe_ = ends[0];
  // It reads commands from descriptor 3 and writes answers to descriptor 4.
  const std::string start = "exec " + program +
                            " --headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
                            " --disable-background-networking --disable-component-update --disable-sync"
                            " --remote-debugging-pipe --user-data-dir=" +
                            folder_.path().string() + " about:blank 4>&3";
  process_.emplace(Command{.words = {"/bin/sh", "-c", start},
                           .folder = folder_.path(),
                           .variables = {{"HOME", folder_.path().string()}},
                           .standard_input = {},
                           .inherited = ends[1]});
  ::close(ends[1]);
  const std::string target = command("Target.createTarget", R"({"url":"about:blank"})").at("/result/targetId");
  session_ =
      command("Target.attachToTarget", R"({"targetId":")" + target + R"(","flatten":true})").at("/result/sessionId");
}

Chromium::~Chromium() {
  process_.reset();
  ::close(pipe_);
}

void Chromium::send(const std::string& text) {
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t written = ::send(pipe_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (written < 0 && errno != EINTR) throw std::runtime_error("Chromium has ended: " + process_->err());
    if (written > 0) sent += static_cast<std::size_t>(written);
  }
}

std::string Chromium::receive() {
  for (;;) {
    if (const std::size_t end = unread_.find('\0'); end != unread_.npos) {
      std::string text = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return text;
    }
    pollfd ready{.fd = pipe_, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, wait_max_ms) == 0) throw std::runtime_error("Chromium does not answer: " + process_->err());
    std::array<char, 65'536> buffer;
    const ssize_t got = ::read(pipe_, buffer.data(), buffer.size());
    if (got == 0 || (got < 0 && errno != EINTR)) throw std::runtime_error("Chromium has ended: " + process_->err());
    if (got > 0) unread_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

web::TestReply Chromium::command(const std::string& method, const std::string& parameters) {
  const std::string id = std::to_string(++last_id_);
  std::string text = R"({"id":)" + id + R"(,"method":")" + method + R"(","params":)" + parameters;
  if (!session_.empty()) text += R"(,"sessionId":")" + session_ + '"';
  send(text + '}' + '\0');
  for (;;) {  // events come in between
    web::TestReply reply{.status = 200, .headers = {}, .body = receive()};
    if (reply.has("/id") && reply.at("/id") == id) return reply;
  }
}

void Chromium::open(const std::string& url) {
  const auto reply = command("Page.navigate", R"({"url":)" + quoted(url) + '}');
  if (reply.has("/error") || reply.has("/result/errorText")) throw std::runtime_error(reply.body);
  (void)evaluate(
      "new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', () => done()))");
}

std::string Chromium::evaluate(const std::string& expression) {
  const auto reply =
      command("Runtime.evaluate", R"({"expression":)" + quoted(expression) +
                                      R"(,"awaitPromise":true,"returnByValue":true,"userGesture":true})");
  if (reply.has("/error") || reply.has("/result/exceptionDetails")) throw std::runtime_error(reply.body);
  return reply.has("/result/result/value") ? reply.at("/result/result/value") : std::string{};
}

}  // namespace ashlar::test
