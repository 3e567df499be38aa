// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <memory>
#include <string_view>
#include <tuple>

namespace ashlar::http::detail {

using boost::system::error_code;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, LoopExecutor>;
using IoResult = std::tuple<error_code, std::size_t>;

// Makes awaiting return the error with the result: an ordinary end of a connection is no exception.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<LoopExecutor>> with_error{};

// Buffers written together: output, a piece of a body, its ending.
using WriteBuffers = std::array<boost::asio::const_buffer, 3>;

// A socket, with or without TLS: one branch per operation instead of compiling everything above it twice.
class Transport {
 public:
  Transport(Socket socket, boost::asio::ssl::context* tls) : socket_(std::move(socket)) {
    if (tls != nullptr) tls_ = std::make_unique<Tls>(socket_, *tls);
  }

  [[nodiscard]] bool secure() const { return tls_ != nullptr; }
  [[nodiscard]] Socket& socket() { return socket_; }

  [[nodiscard]] Task<IoResult> read_some(boost::asio::mutable_buffer buffer) {
    return tls_ ? tls_->async_read_some(buffer, with_error) : socket_.async_read_some(buffer, with_error);
  }
  [[nodiscard]] Task<IoResult> write_some(const WriteBuffers& buffers) {
    return tls_ ? tls_->async_write_some(buffers, with_error) : socket_.async_write_some(buffers, with_error);
  }
  template <class Handler>  // void(error_code, std::size_t)
  void write_some(boost::asio::const_buffer buffer, Handler handler) {
    if (tls_) {
      tls_->async_write_some(buffer, std::move(handler));
    } else {
      socket_.async_write_some(buffer, std::move(handler));
    }
  }
  // Writes what the socket accepts at once. would_block: nothing; always so under TLS, whose engine cannot keep half a
  // record.
  template <class Buffers>
  std::size_t try_write(const Buffers& buffers, error_code& failed) {
    if (!tls_) return socket_.write_some(buffers, failed);
    failed = boost::asio::error::would_block;
    return 0;
  }
  // Below TLS: whether anything has arrived, for an idle connection without a buffer.
  [[nodiscard]] Task<std::tuple<error_code>> wait_readable() {
    return socket_.async_wait(Socket::wait_read, with_error);
  }
  // Below TLS: discards what arrives after the last response.
  [[nodiscard]] Task<IoResult> read_raw(boost::asio::mutable_buffer buffer) {
    return socket_.async_read_some(buffer, with_error);
  }
  [[nodiscard]] Task<std::tuple<error_code>> handshake() {
    return tls_->async_handshake(boost::asio::ssl::stream_base::server, with_error);
  }
  [[nodiscard]] SSL* tls_connection() { return tls_->native_handle(); }
  // The protocol that ALPN chose (RFC 7301); empty: none.
  [[nodiscard]] std::string_view protocol() {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(tls_->native_handle(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  [[nodiscard]] Task<std::tuple<error_code>> shut_down_tls() { return tls_->async_shutdown(with_error); }

 private:
  using Tls = boost::asio::ssl::stream<Socket&>;

  Socket socket_;
  std::unique_ptr<Tls> tls_;  // nine tenths of a transport's size
};

}  // namespace ashlar::http::detail
