// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/http/client/request_url.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

namespace ashlar::http::detail {

using ClientSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, LoopExecutor>;

// Throws operation_aborted when `failed` means that the coroutine was cancelled.
void throw_if_aborted(const boost::system::error_code& failed);

// A connected socket, plain or under TLS. Belongs to one loop. Destroying it closes the connection.
class ClientStream {
 public:
  using IoResult = std::tuple<boost::system::error_code, std::size_t>;

  explicit ClientStream(ClientSocket socket) : socket_(std::move(socket)) {}
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  // Empty: success. Otherwise the reason for the failure, for the log. The context outlives this.
  Task<std::string> secure(boost::asio::ssl::context& context, Origin origin, Timestamp now);

  // Writes all of both; they outlive the operation. Cancellation throws operation_aborted.
  Task<boost::system::error_code> write(std::string_view head, std::string_view body);
  // At least one byte, or an error: eof is the peer's orderly close. Cancellation throws operation_aborted.
  Task<IoResult> read_some(boost::asio::mutable_buffer room);

  // Whether the peer has closed, or has sent unexpected bytes: then no request can follow.
  [[nodiscard]] bool has_input_or_end();

 private:
  using Tls = boost::asio::ssl::stream<ClientSocket&>;

  ClientSocket socket_;
  std::unique_ptr<Tls> tls_;
};

}  // namespace ashlar::http::detail
