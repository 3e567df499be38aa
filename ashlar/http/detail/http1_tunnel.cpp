// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/http1_tunnel.hpp"

#include "ashlar/http/errors.hpp"

#include <boost/asio/ssl/error.hpp>

namespace ashlar::http::detail {
namespace {

constexpr std::size_t copied_max = 4 * 1024;  // a small piece is sent from the output buffer, without a coroutine

std::unexpected<Error> closed() { return fail(errors::connection_closed, "The client has disconnected."); }

}  // namespace

Task<Result<std::span<char>>> Http1Tunnel::read() {
  if (wire_.input.empty()) {
    if (ended_) co_return std::span<char>{};
    wire_.input.release();
    if (!wire_.transport().secure()) {  // the engine of TLS may hold bytes that the socket no longer has
      const auto [failed] = co_await wire_.transport().wait_readable();
      if (failed || wire_.broken()) co_return closed();
    }
    wire_.input.make_room();
    const auto [failed, size] = co_await wire_.read();
    ended_ = failed == boost::asio::error::eof || failed == boost::asio::ssl::error::stream_truncated;
    if (ended_) co_return std::span<char>{};
    if (!wire_.has_read(failed, size)) co_return closed();
  }
  const std::span<char> bytes = wire_.input.unread_bytes();
  wire_.input.consume(bytes.size());  // they stay in place until there is room to be made
  co_return bytes;
}

Task<Result<>> Http1Tunnel::write(std::string_view bytes) {
  bool sent = false;
  if (bytes.size() <= copied_max) {
    wire_.output.append(bytes);
    const Wire::Flushed flushed = wire_.try_flush();
    sent = flushed == Wire::Flushed::all || (flushed == Wire::Flushed::blocked && co_await wire_.flush());
  } else {
    sent = co_await wire_.flush(bytes);
  }
  wire_.due_never();  // a sweep would otherwise look whether the client has disconnected, which a read notices
  if (!sent) co_return closed();
  co_return Result<>{};
}

}  // namespace ashlar::http::detail
