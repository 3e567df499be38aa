// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/sockets.hpp"

#include "ashlar/async/task_scope.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cassert>
#include <stdexcept>
#include <utility>

namespace ashlar::realtime {
namespace asio = boost::asio;

namespace {

using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

}  // namespace

struct Sockets::Sweeper {
  Sweeper(Sockets& the_owner, const LoopExecutor& loop) : owner(the_owner), timer(loop) {}

  static void start(const std::shared_ptr<Sweeper>& self) {
    self->timer.expires_after(self->owner.options_.sweep_interval);
    self->timer.async_wait([weak = std::weak_ptr(self)](const boost::system::error_code& failed) {
      const auto sweeper = weak.lock();  // null: the owner is destroyed
      if (failed || !sweeper || sweeper->owner.sockets_.empty()) return;
      sweeper->owner.sweep();
      start(sweeper);
    });
  }

  Sockets& owner;
  Timer timer;
};

Sockets::Sockets(asio::io_context& loop, const Clock& clock, SocketOptions options)
    : loop_(loop),
      clock_(clock),
      options_(options),
      deflater_(options.deflate),
      sweeper_(std::make_shared<Sweeper>(*this, loop.get_executor())) {}

Sockets::~Sockets() { assert(sockets_.empty() && "the sockets end before what they share"); }

Task<> Sockets::serve(http::Tunnel& tunnel, Compression compression, SocketUser use) {
  Socket socket(*this, tunnel, compression);
  async::TaskScope scope(loop_);
  scope.start(socket.run(use, scope));
  co_await scope.join();
  if (socket.was_reset()) throw std::runtime_error("the close handshake did not complete");
}

void Sockets::close_all(CloseCode code, std::string_view reason) {
  stopping_ = {.code = code, .reason = std::string(reason)};
  for (Socket* socket : sockets_) {
    if (socket->scope_ != nullptr) socket->close(code, reason);
  }
}

void Sockets::sweep() {
  const Clock::Steady now = clock_.steady();
  for (Socket* socket : sockets_) socket->check_times(now);
}

void Sockets::add(Socket& socket) {
  socket.index_ = sockets_.size();
  sockets_.push_back(&socket);
  ++statistics_.opened;
  if (sockets_.size() == 1) Sweeper::start(sweeper_);
}

void Sockets::remove(Socket& socket) {
  sockets_[socket.index_] = sockets_.back();
  sockets_[socket.index_]->index_ = socket.index_;
  sockets_.pop_back();
  if (sockets_.empty()) sweeper_->timer.cancel();
  ++statistics_.ended[static_cast<std::size_t>(socket.ending_)];
  const SocketStatistics& one = socket.statistics_;
  SocketStatistics& all = statistics_.closed;
  all.messages_received += one.messages_received;
  all.bytes_received += one.bytes_received;
  all.messages_sent += one.messages_sent;
  all.bytes_sent += one.bytes_sent;
  all.messages_dropped += one.messages_dropped;
  all.pings_sent += one.pings_sent;
}

}  // namespace ashlar::realtime
