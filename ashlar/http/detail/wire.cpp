// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/wire.hpp"

#include "ashlar/http/detail/transfer_pace.hpp"

#include <boost/asio/post.hpp>

namespace ashlar::http::detail {
namespace {

// A reader as fast as its writer would otherwise monopolise the loop.
constexpr std::size_t sent_at_once_max = 256 * 1024;
constexpr std::size_t output_memory_kept_max = 64 * 1024;

void drop_front(WriteBuffers& buffers, std::size_t bytes) {
  for (boost::asio::const_buffer& buffer : buffers) {
    const std::size_t part = std::min(bytes, buffer.size());
    buffer += part;
    bytes -= part;
  }
}

}  // namespace

bool Wire::has_read(error_code failed, std::size_t size) {
  if (failed) {
    if (failed != boost::asio::error::operation_aborted) broken_ = true;
    return false;
  }
  input.added(size);
  return true;
}

bool Wire::has_unread() {
  error_code failed;
  return transport_.socket().available(failed) > 0 && !failed;
}

Task<bool> Wire::read_body(std::chrono::milliseconds time) {
  due_in(time);
  const auto [failed, size] = co_await read();
  watch_client();
  sent_at_once_ = 0;
  co_return has_read(failed, size);
}

Wire::Flushed Wire::try_flush() {
  if (broken_) return Flushed::failed;
  if (output.empty()) return Flushed::all;
  error_code failed;
  ++sends_;
  const std::size_t size = transport_.try_write(boost::asio::const_buffer(boost::asio::buffer(output)), failed);
  if (failed && failed != boost::asio::error::would_block) {
    broken_ = true;
    return Flushed::failed;
  }
  if (size < output.size()) {
    output.erase(0, size);
    return Flushed::blocked;
  }
  output.clear();
  return Flushed::all;
}

Task<bool> Wire::flush(std::string_view piece, std::string_view ending) {
  WriteBuffers left{boost::asio::buffer(output), boost::asio::buffer(piece), boost::asio::buffer(ending)};
  const std::size_t all = boost::asio::buffer_size(left);
  const PaceRule rule{loop_.limits().write_time_max, loop_.limits().response_bytes_per_second_min};
  TransferPace pace;
  ++sends_;
  while (!broken_ && boost::asio::buffer_size(left) > 0) {
    error_code failed;
    std::size_t size = transport_.try_write(left, failed);
    sent_at_once_ += size;
    if (failed == boost::asio::error::would_block) {
      const auto time = pace.time_left(all - boost::asio::buffer_size(left), rule);
      if (time.count() <= 0) break_off();
      if (broken_) break;
      unsent.set(held_by_producer + all);
      due_in(std::min(loop_.limits().write_time_max, time));
      expired_ = false;
      const std::int64_t since = loop_.now();
      std::tie(failed, size) = co_await transport_.write_some(left);
      pace.add_wait(loop_.now() - since);
      sent_at_once_ = 0;
    }
    if (failed) broken_ = true;
    drop_front(left, size);
  }
  unsent.set(held_by_producer);
  output.clear();
  if (output.capacity() > output_memory_kept_max) output.shrink_to_fit();
  watch_client();
  if (sent_at_once_ > sent_at_once_max) {
    sent_at_once_ = 0;
    co_await boost::asio::post(loop_.context(), boost::asio::use_awaitable_t<LoopExecutor>{});
  }
  co_return !broken_;
}

Task<> Wire::close(Goodbye goodbye) {
  if (broken_) co_return;
  due_in(loop_.limits().linger_time_max);
  expired_ = false;
  error_code ignored;
  if (transport_.secure()) (void)co_await transport_.shut_down_tls();
  transport_.socket().shutdown(Socket::shutdown_send, ignored);
  if (expired_ || (goodbye == Goodbye::at_once && !has_unread())) co_return;
  input.unpin();
  input.consume(input.unread().size());
  input.make_room();
  while (true) {
    const std::span<char> room = input.room();
    const auto [failed, size] = co_await transport_.read_raw(boost::asio::buffer(room.data(), room.size()));
    if (failed || expired_) co_return;  // a client that never stops sending leaves no pending wait to cancel
  }
}

void Wire::expire() {
  expired_ = true;
  cancel();
}

void Wire::cancel() {
  error_code ignored;
  transport_.socket().cancel(ignored);
}

}  // namespace ashlar::http::detail
