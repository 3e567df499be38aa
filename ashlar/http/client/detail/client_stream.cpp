// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/detail/client_stream.hpp"

#include "ashlar/http/client/detail/client_tls.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <sys/socket.h>

#include <cerrno>

namespace ashlar::http::detail {
namespace asio = boost::asio;

namespace {

constexpr asio::as_tuple_t<asio::use_awaitable_t<LoopExecutor>> with_error{};

}  // namespace

void throw_if_aborted(const boost::system::error_code& failed) {
  if (failed == asio::error::operation_aborted) throw boost::system::system_error(failed);
}

Task<std::string> ClientStream::secure(asio::ssl::context& context, Origin origin, Timestamp now) {
  tls_ = std::make_unique<Tls>(socket_, context);
  if (!expect_peer(tls_->native_handle(), origin, now)) co_return "OpenSSL refuses the host's name";
  const auto [failed] = co_await tls_->async_handshake(asio::ssl::stream_base::client, with_error);
  throw_if_aborted(failed);
  co_return failed ? handshake_failure(tls_->native_handle(), failed) : std::string();
}

Task<boost::system::error_code> ClientStream::write(std::string_view head, std::string_view body) {
  const std::array<asio::const_buffer, 2> all{asio::buffer(head), asio::buffer(body)};
  const auto [failed, size] =
      tls_ ? co_await asio::async_write(*tls_, all, with_error) : co_await asio::async_write(socket_, all, with_error);
  throw_if_aborted(failed);
  co_return failed;
}

Task<ClientStream::IoResult> ClientStream::read_some(asio::mutable_buffer room) {
  const IoResult result =
      tls_ ? co_await tls_->async_read_some(room, with_error) : co_await socket_.async_read_some(room, with_error);
  throw_if_aborted(std::get<0>(result));
  co_return result;
}

bool ClientStream::has_input_or_end() {
  if (tls_) {  // records that were received with the last one
    SSL* const connection = tls_->native_handle();
    if (SSL_has_pending(connection) == 1 || BIO_pending(SSL_get_rbio(connection)) > 0) return true;
  }
  char byte = 0;
  const auto size = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return size >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

}  // namespace ashlar::http::detail
