// SPDX-License-Identifier: Apache-2.0
#include "tests/support/scripted_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace ashlar::test {
namespace asio = boost::asio;

namespace {

using Socket = asio::ip::tcp::socket;
using boost::system::error_code;

std::size_t content_length_of(std::string_view head) {
  constexpr std::string_view name = "\r\nContent-Length: ";
  const std::size_t at = head.find(name);
  std::size_t out = 0;
  if (at != head.npos) std::from_chars(head.data() + at + name.size(), head.data() + head.size(), out);
  return out;
}

// Plain, or the plain socket under a TLS stream.
template <class Stream>
class StreamPeer final : public ServerPeer {
 public:
  StreamPeer(Stream& stream, Socket& socket, int number) : stream_(stream), socket_(socket), number_(number) {}

  [[nodiscard]] int number() const override { return number_; }

  std::optional<std::string> read_request() override {
    error_code failed;
    const std::size_t head = asio::read_until(stream_, asio::dynamic_buffer(input_), "\r\n\r\n", failed);
    if (failed) return std::nullopt;
    const std::size_t whole = head + content_length_of(std::string_view(input_).substr(0, head));
    if (whole > input_.size())
      asio::read(stream_, asio::dynamic_buffer(input_), asio::transfer_exactly(whole - input_.size()), failed);
    if (failed) return std::nullopt;
    std::string out = input_.substr(0, whole);
    input_.erase(0, whole);
    return out;
  }

  std::optional<std::string> read_line() override {
    error_code failed;
    const std::size_t size = asio::read_until(stream_, asio::dynamic_buffer(input_), "\r\n", failed);
    if (failed) return std::nullopt;
    std::string out = input_.substr(0, size - 2);
    input_.erase(0, size);
    return out;
  }

  bool write(std::string_view bytes) override {
    error_code failed;
    asio::write(stream_, asio::buffer(bytes), failed);
    return !failed;
  }

  void wait_for_close() override {
    std::array<char, 64 * 1024> dropped{};
    error_code failed;
    while (!failed) (void)stream_.read_some(asio::buffer(dropped), failed);
  }

  void reset() override {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
  }

  void cut_off() override {
    error_code ignored;
    socket_.shutdown(Socket::shutdown_both, ignored);
  }

 private:
  Stream& stream_;
  Socket& socket_;
  int number_;
  std::string input_;
};

}  // namespace

struct ScriptedServer::State {
  State(ServerScript its_script, const ScriptedServerOptions& options)
      : script(std::move(its_script)), acceptor(context, {asio::ip::make_address(options.address), options.port}) {
    if (options.certificate_file.empty()) return;
    tls.emplace(asio::ssl::context::tls_server);
    tls->use_certificate_chain_file(options.certificate_file);
    tls->use_private_key_file(options.key_file, asio::ssl::context::pem);
  }

  void serve();
  void run_script(Socket& socket, int number);

  ServerScript script;
  asio::io_context context;
  std::optional<asio::ssl::context> tls;
  asio::ip::tcp::acceptor acceptor;
  std::atomic<int> accepted = 0;
  std::mutex mutex;
  bool stopping = false;
  std::vector<int> open;
  std::vector<std::thread> threads;
  std::thread accepting;
};

void ScriptedServer::State::run_script(Socket& socket, int number) {
  if (!tls) {
    StreamPeer<Socket> peer(socket, socket, number);
    script(peer);
    return;
  }
  asio::ssl::stream<Socket&> secure(socket, *tls);
  error_code failed;
  secure.handshake(asio::ssl::stream_base::server, failed);
  if (failed) return;
  StreamPeer<asio::ssl::stream<Socket&>> peer(secure, socket, number);
  script(peer);
  secure.shutdown(failed);
}

void ScriptedServer::State::serve() {
  while (true) {
    error_code failed;
    Socket socket(context);
    acceptor.accept(socket, failed);
    const std::scoped_lock lock(mutex);
    if (failed || stopping) return;
    open.push_back(socket.native_handle());
    // What was written has left when write() returns: Nagle's algorithm would keep a second small piece back.
    socket.set_option(asio::ip::tcp::no_delay(true), failed);
    threads.emplace_back([this, number = accepted++, moved = std::move(socket)]() mutable {
      const int descriptor = moved.native_handle();
      run_script(moved, number);
      const std::scoped_lock ending(mutex);
      std::erase(open, descriptor);
      error_code ignored;
      moved.close(ignored);
    });
  }
}

ScriptedServer::ScriptedServer(ServerScript script, ScriptedServerOptions options)
    : state_(std::make_unique<State>(std::move(script), options)) {
  state_->accepting = std::thread([state = state_.get()] { state->serve(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->stopping = true;
    (void)::shutdown(state_->acceptor.native_handle(), SHUT_RDWR);
    for (const int descriptor : state_->open) (void)::shutdown(descriptor, SHUT_RDWR);
  }
  state_->accepting.join();
  for (std::thread& thread : state_->threads) thread.join();
}

std::uint16_t ScriptedServer::port() const { return state_->acceptor.local_endpoint().port(); }

std::string ScriptedServer::authority() const {
  const auto endpoint = state_->acceptor.local_endpoint();
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

std::string ScriptedServer::url(std::string_view path) const {
  return (state_->tls ? "https://" : "http://") + authority() + std::string(path);
}

int ScriptedServer::accepted() const { return state_->accepted.load(); }

std::string response_with(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

void echo(ServerPeer& peer) {
  while (const auto request = peer.read_request()) {
    const std::string line = request->substr(0, request->find("\r\n"));
    const std::string body = request->substr(request->find("\r\n\r\n") + 4);
    if (!peer.write(response_with(line + "|" + body))) return;
  }
}

ServerScript answer_with(std::string bytes) {
  return [bytes = std::move(bytes)](ServerPeer& peer) {
    while (peer.read_request()) {
      if (!peer.write(bytes)) return;
    }
  };
}

ServerScript answer_once_with(std::string bytes) {
  return [bytes = std::move(bytes)](ServerPeer& peer) {
    if (peer.read_request()) peer.write(bytes);
  };
}

}  // namespace ashlar::test
