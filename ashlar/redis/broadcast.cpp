// SPDX-License-Identifier: Apache-2.0
#include "ashlar/redis/broadcast.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/parse.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace ashlar::redis {

namespace asio = boost::asio;

namespace {

using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

constexpr std::uint64_t not_known_yet = std::numeric_limits<std::uint64_t>::max();

std::string random_name(Random& random) {
  std::array<std::byte, 8> bytes{};
  random.fill(bytes);
  return to_hex(bytes);
}

}  // namespace

// The timer belongs to the waiting loop and is used there only; the counts are guarded by the mutex.
struct Broadcast::Announcement::Waiting {
  Waiting(const LoopExecutor& its_loop, std::chrono::milliseconds time_max)
      : loop(its_loop), timer(its_loop, time_max) {}

  [[nodiscard]] bool is_done() const { return confirmations >= expected; }

  const LoopExecutor loop;
  Timer timer;
  std::uint64_t confirmations = 0;
  std::uint64_t expected = not_known_yet;  // until the result of PUBLISH; confirmations may come before it
};

struct Broadcast::State {
  State(Clients& the_clients, std::string the_channel, Random& random, Subscriber::Handlers the_handlers)
      : clients(the_clients),
        name(random_name(random)),
        channel(std::move(the_channel)),
        handlers(std::move(the_handlers)) {}

  void take_in(std::string_view text);
  void confirmed(std::string_view numbers);
  void confirm(std::uint64_t number);

  Clients& clients;
  const std::string name, channel;
  const Subscriber::Handlers handlers;
  std::atomic<bool> subscribed = false;

  // On the first loop: numbers to confirm, by the process that sent them.
  std::map<std::string, std::string, std::less<>> unconfirmed;
  Timer* wake = nullptr;

  std::mutex mutex;  // guards the members below and their content
  std::uint64_t announced = 0;
  std::map<std::uint64_t, std::shared_ptr<Announcement::Waiting>> waiting;
};

namespace {

// A timer that take_in() cancels; registered while this object lives.
template <class State>
class Wake {
 public:
  Wake(State& state, const LoopExecutor& loop)
      : state_(state), timer_(loop, std::chrono::steady_clock::time_point::max()) {
    state_.wake = &timer_;
  }
  ~Wake() { state_.wake = nullptr; }
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;
  Timer& timer() { return timer_; }

 private:
  State& state_;
  Timer timer_;
};

// Confirmations that arrive during one PUBLISH are sent with the next. Ends by cancellation.
template <class State>
Task<> confirm_all(std::shared_ptr<State> state) {
  Wake wake(*state, co_await asio::this_coro::executor);
  while (true) {
    while (!state->unconfirmed.empty()) {
      auto next = state->unconfirmed.extract(state->unconfirmed.begin());
      (void)co_await state->clients.command({"PUBLISH", state->channel + ':' + next.key(), std::move(next.mapped())});
    }
    boost::system::error_code woken;
    co_await wake.timer().async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, woken));
  }
}

}  // namespace

// Skips messages that no Broadcast wrote.
void Broadcast::State::take_in(std::string_view text) {
  const std::string_view process = take_word(text);
  const std::string_view number = take_word(text);
  if (process.empty() || !parse_integer<std::uint64_t>(number)) return;
  handlers.on_message(channel, text);
  if (process == name) return confirmed(number);
  auto& numbers = unconfirmed[std::string(process)];
  if (!numbers.empty()) numbers += ' ';
  numbers += number;
  if (wake != nullptr) wake->cancel();
}

void Broadcast::State::confirmed(std::string_view numbers) {
  const std::scoped_lock lock(mutex);
  while (!numbers.empty()) {
    const auto number = parse_integer<std::uint64_t>(take_word(numbers));
    const auto found = number ? waiting.find(*number) : waiting.end();
    if (found == waiting.end()) continue;
    ++found->second->confirmations;
    if (found->second->is_done()) asio::post(found->second->loop, [done = found->second] { done->timer.cancel(); });
  }
}

Broadcast::Broadcast(Clients& clients, std::string channel, Random& random, Subscriber::Handlers handlers)
    : state_(std::make_shared<State>(clients, std::move(channel), random, std::move(handlers))) {
  State* const state = state_.get();
  clients.subscribe(state->channel,
                    {.on_message = [state](std::string_view, std::string_view text) { state->take_in(text); },
                     .on_subscribed =
                         [state] {
                           state->subscribed = true;
                           if (state->handlers.on_subscribed) state->handlers.on_subscribed();
                         },
                     .on_lost =
                         [state] {
                           state->subscribed = false;
                           if (state->handlers.on_lost) state->handlers.on_lost();
                         }});
  clients.subscribe(state->channel + ':' + state->name,
                    {.on_message = [state](std::string_view, std::string_view numbers) { state->confirmed(numbers); },
                     .on_subscribed = {}});
  clients.run_in_background([weak = std::weak_ptr(state_)] { return confirm_all(weak.lock()); });
}

Broadcast::~Broadcast() = default;

const std::string& Broadcast::channel() const { return state_->channel; }
bool Broadcast::is_subscribed() const { return state_->subscribed; }

Task<bool> Broadcast::publish(std::string message) {
  Announcement announcement = announce(co_await asio::this_coro::executor, message);
  const auto published = co_await state_->clients.command({"PUBLISH", state_->channel, announcement.text()});
  if (!published) co_return false;
  co_return co_await announcement.confirmed(published->integer);
}

Broadcast::Announcement::Announcement(Broadcast& owner, const LoopExecutor& loop, std::string_view message)
    : owner_(owner), waiting_(std::make_shared<Waiting>(loop, owner.state_->clients.options().command_time_max)) {
  State& state = *owner_.state_;
  const std::scoped_lock lock(state.mutex);
  number_ = ++state.announced;
  state.waiting.emplace(number_, waiting_);
  text_ = state.name + ' ' + std::to_string(number_) + ' ';
  text_ += message;
}

Broadcast::Announcement::~Announcement() {
  const std::scoped_lock lock(owner_.state_->mutex);
  owner_.state_->waiting.erase(number_);
}

Task<bool> Broadcast::Announcement::confirmed(std::int64_t receivers) {
  State& state = *owner_.state_;
  const auto is_done = [&] {
    const std::scoped_lock lock(state.mutex);
    waiting_->expected = static_cast<std::uint64_t>(receivers);
    return waiting_->is_done();
  };
  if (is_done()) co_return true;
  if (!state.subscribed) co_return false;  // no confirmation would arrive here
  boost::system::error_code woken;
  co_await waiting_->timer.async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, woken));
  co_return is_done();
}

}  // namespace ashlar::redis
