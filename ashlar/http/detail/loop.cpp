// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/loop.hpp"

#include "ashlar/http/detail/connection.hpp"
#include "ashlar/http/detail/http1_response.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace ashlar::http::detail {
namespace {

using std::chrono::milliseconds;

// An eighth of the shortest limit, so that no limit is exceeded by more than that. But a sweep has a cost, and Date and
// the check for disconnected clients need ten per second.
milliseconds sweep_interval(const Limits& limits) {
  milliseconds shortest = std::min({limits.header_time_max, limits.body_idle_time_max, limits.idle_time_max,
                                    limits.write_time_max, limits.tls_handshake_time_max});
  if (limits.body_time_max.count() > 0) shortest = std::min(shortest, limits.body_time_max);
  if (limits.body_bytes_per_second_min > 0) shortest = std::min(shortest, limits.body_grace_time);
  return std::clamp(shortest / 8, milliseconds{5}, milliseconds{100});
}

constexpr std::size_t exchanges_kept_max = 64;
constexpr std::size_t exchange_bytes_kept_max = 64 * 1024;
constexpr std::size_t gathered_connections_max = 16;  // the first one waits for at most this many others

}  // namespace

void LoopLag::add(std::chrono::nanoseconds late) {
  total.fetch_add(late.count(), std::memory_order_relaxed);
  timers.fetch_add(1, std::memory_order_relaxed);
  if (late.count() > longest.load(std::memory_order_relaxed)) longest.store(late.count(), std::memory_order_relaxed);
}

Loop::Loop(ServerShared& shared)
    : shared_(shared),
      tls_(shared.tls),
      unsent_(shared.limits.unsent_bytes_max / shared.loops),
      interval_(sweep_interval(shared.limits)),
      context_(1),
      timer_(context_) {
  gathered_.reserve(gathered_connections_max);
  exchanges_.reserve(exchanges_kept_max);
  gathers_ = shared.limits.gathering_answers_per_second_min == 0;
  read_clocks();
}

Loop::~Loop() = default;

std::unique_ptr<Exchange> Loop::take_exchange() {
  if (exchanges_.empty()) return std::make_unique<Exchange>();
  std::unique_ptr<Exchange> out = std::move(exchanges_.back());
  exchanges_.pop_back();
  return out;
}

void Loop::give_back(std::unique_ptr<Exchange> exchange) {
  const std::size_t bytes = exchange->response.body.capacity() + exchange->output.capacity();
  if (exchanges_.size() < exchanges_kept_max && bytes <= exchange_bytes_kept_max) {
    exchanges_.push_back(std::move(exchange));
  }
}

std::size_t Loop::add(Connection& connection) {
  if (!sweeping_) {
    sweeping_ = true;
    read_clocks();
    schedule();
  }
  due_.push_back({0, &connection, Due::Kind::nothing});
  return due_.size() - 1;
}

void Loop::remove(std::size_t place) {
  due_[place] = due_.back();
  due_[place].connection->moved_to(place);
  due_.pop_back();
}

void Loop::schedule() {
  timer_.expires_after(interval_);
  timer_.async_wait([this](boost::system::error_code failed) {
    if (failed) return;
    lag_.add(std::chrono::steady_clock::now() - timer_.expiry());
    sweep();
    if (due_.empty()) {
      sweeping_ = false;
    } else {
      schedule();
    }
  });
}

void Loop::read_clocks() {
  using namespace std::chrono;
  now_ = duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
  const std::int64_t second = duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
  if (second == date_second_) return;
  date_second_ = second;
  date_ = http_date(second);
}

// Nothing called here ends a connection immediately: cancelled operations complete later, so the table does not change.
void Loop::sweep() {
  read_clocks();
  gathers_ =
      answers_ * 1000 >= shared_.limits.gathering_answers_per_second_min * static_cast<std::size_t>(interval_.count());
  answers_ = 0;
  polled_.clear();
  for (Due& due : due_) {
    switch (due.kind) {
      case Due::Kind::nothing:
        break;
      case Due::Kind::watched:
        polled_.push_back({due.connection->descriptor(), POLLRDHUP, 0});
        polled_connections_.push_back(due.connection->shared_from_this());
        if (due.connection->is_late(milliseconds{now_ - due.at}))
          late_connections_.push_back(polled_connections_.back());
        due.connection->send_what_waits();
        break;
      case Due::Kind::swept:
        due.connection->tick();
        break;
      case Due::Kind::idle:
        due.kind = Due::Kind::resting;
        due.connection->rest();
        [[fallthrough]];
      case Due::Kind::resting:
        if (due.at - (shared_.limits.idle_time_max - shared_.limits.idle_memory_time_max).count() < now_) {
          due.kind = Due::Kind::released;
          due.connection->release_memory();
        }
        [[fallthrough]];
      case Due::Kind::released:
      case Due::Kind::head:
      case Due::Kind::deadline:
        if (due.at > now_) break;
        due.kind = Due::Kind::nothing;
        due.connection->expire();
        break;
    }
  }
  if (!polled_.empty()) look_for_closed_clients();
  if (!late_connections_.empty()) cancel_late_handlers();
}

bool Loop::end_longest_waiting(std::chrono::milliseconds idle_min) {
  Due* idle = nullptr;
  Due* head = nullptr;
  for (Due& due : due_) {
    const bool is_idle =
        due.kind == Due::Kind::idle || due.kind == Due::Kind::resting || due.kind == Due::Kind::released;
    if (!is_idle && due.kind != Due::Kind::head) continue;
    Due*& longest = is_idle ? idle : head;
    if (longest == nullptr || due.at < longest->at) longest = &due;
  }
  // All idle ones were given the same time, so the one that is due first has been idle longest.
  const std::int64_t idle_at_most = now_ + shared_.limits.idle_time_max.count() + interval_.count() - idle_min.count();
  if (idle != nullptr && idle->at > idle_at_most) idle = nullptr;
  Due* const ended = idle != nullptr ? idle : head;
  if (ended == nullptr) return false;
  ended->kind = Due::Kind::nothing;
  ended->connection->end_at_once();
  return true;
}

void Loop::flush_with_turn(Connection& connection) {
  if (gathered_.size() == gathered_connections_max) flush_gathered();
  gathered_.push_back(&connection);
  if (std::exchange(flush_posted_, true)) return;
  boost::asio::post(context_, [this] {  // after everything that is ready now
    flush_posted_ = false;
    flush_gathered();
  });
}

// send_gathered() neither ends a connection nor adds one.
void Loop::flush_gathered() {
  for (Connection* connection : gathered_) connection->send_gathered();
  gathered_.clear();
}

void Loop::forget_flush(Connection& connection) { std::erase(gathered_, &connection); }

// One system call for all handlers that a sweep finds running: those that answer immediately are never checked.
void Loop::look_for_closed_clients() {
  const int closed = ::poll(polled_.data(), polled_.size(), 0);
  for (std::size_t i = 0; closed > 0 && i < polled_.size(); ++i) {
    if ((polled_[i].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) polled_connections_[i]->client_gone();
  }
  polled_connections_.clear();  // the check must not extend their lifetime
}

void Loop::cancel_late_handlers() {
  for (const auto& connection : late_connections_) connection->cancel_handler();
  late_connections_.clear();
}

void Loop::drain() {
  draining_ = true;
  for (const Due& due : due_) due.connection->drain();
}

void Loop::abort_all() {
  draining_ = true;
  std::vector<std::shared_ptr<Connection>> connections;
  for (const Due& due : due_) connections.push_back(due.connection->shared_from_this());
  for (const auto& connection : connections) connection->abort();
}

}  // namespace ashlar::http::detail
