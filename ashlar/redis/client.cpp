// SPDX-License-Identifier: Apache-2.0
#include "ashlar/redis/client.hpp"

#include "ashlar/redis/detail/link.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <atomic>
#include <deque>
#include <utility>

namespace ashlar::redis {
namespace asio = boost::asio;

namespace {

// Written by the loop's thread, read by any thread.
struct Counter {
  std::atomic<std::uint64_t> value = 0;
  void add(std::uint64_t more) { value.store(value.load(std::memory_order_relaxed) + more, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const { return value.load(std::memory_order_relaxed); }
};

// A command in flight. `timer` is its time limit and wakes the waiting coroutine.
struct Pending {
  Pending(const LoopExecutor& loop, std::chrono::milliseconds time_max) : timer(loop, time_max) {}

  std::string bytes;
  detail::Timer timer;
  Result<Reply> result;
  bool done = false;
  bool abandoned = false;  // no longer awaited
};

}  // namespace

struct Client::State final : detail::LinkOwner {
  State(asio::io_context& loop, ClientOptions options) : link(loop, std::move(options), *this) {}

  void connected() override {
    breaker_open.value = 0;
    connections.value = 1;
    timeouts = 0;
  }
  std::string outgoing() override {
    std::string out;
    for (; !queued.empty(); queued.pop_front()) {
      auto& next = queued.front();
      if (next->abandoned) continue;
      out += std::exchange(next->bytes, {});
      sent.push_back(std::move(next));
    }
    return out;
  }
  void received(Reply reply) override {
    if (sent.empty()) return link.drop("an unexpected reply");
    const auto pending = std::move(sent.front());
    sent.pop_front();
    if (!pending->abandoned) timeouts = 0;  // a late answer does not prove health
    if (reply.kind == Reply::Kind::error && is_read_only(reply.text)) {
      end(*pending, std::unexpected(detail::unavailable(reply.text)));
      breaker_open.value = 1;
      link.drop_replica();
    } else if (reply.kind == Reply::Kind::error) {
      end(*pending,
          std::unexpected(
              Error(errors::refused, "The cache server refused a command.").with_cause(std::move(reply.text))));
    } else {
      end(*pending, std::move(reply));
    }
  }
  void ping() override {
    const auto pending = std::make_shared<Pending>(link.loop(), link.options().command_time_max);
    detail::append_command(pending->bytes, {"PING"});
    queued.push_back(pending);
    link.flush_soon();
  }
  void lost(const Error& why) override {
    breaker_open.value = 1;
    lost_connections.add(connections.value.exchange(0));
    for (auto* pendings : {&sent, &queued}) {
      for (const auto& pending : std::exchange(*pendings, {})) end(*pending, std::unexpected(why));
    }
  }
  // A server that a failover demoted. Before Redis 7 an error within a script starts differently.
  static bool is_read_only(std::string_view error) {
    return error.starts_with("READONLY ") || error.contains("-READONLY ");
  }
  static void end(Pending& pending, Result<Reply> result) {
    pending.result = std::move(result);
    pending.done = true;
    pending.timer.cancel();
  }
  // Opens the breaker, whether a connection or an attempt to connect hangs.
  void timed_out() {
    if (++timeouts < link.options().timeouts_max) return;
    breaker_open.value = 1;
    link.drop("no answers within command_time_max");
  }

  void count(const Result<Reply>& result, std::chrono::nanoseconds took) {
    commands.add(1);
    waited_ns.add(static_cast<std::uint64_t>(took.count()));
    if (result) return;
    const ErrorCode code = result.error().code();
    (code == errors::timed_out ? timed_out_commands : code == errors::refused ? refused : unavailable).add(1);
  }

  detail::Link link;
  std::deque<std::shared_ptr<Pending>> queued, sent;
  Counter breaker_open;  // 1: the breaker is open
  Counter connections, lost_connections, commands, unavailable, timed_out_commands, refused, waited_ns;
  std::size_t timeouts = 0;
};

Client::Client(asio::io_context& loop, ClientOptions options)
    : state_(std::make_shared<State>(loop, std::move(options))) {}
Client::~Client() = default;

Task<> Client::run() {
  const auto state = state_;
  co_await state->link.run();
}

bool Client::is_connected() const { return state_->link.is_connected(); }

ClientFigures Client::figures() const {
  const State& of = *state_;
  return {.commands = of.commands.get(),
          .unavailable = of.unavailable.get(),
          .timed_out = of.timed_out_commands.get(),
          .refused = of.refused.get(),
          .waited = std::chrono::nanoseconds(of.waited_ns.get()),
          .connections_lost = of.lost_connections.get(),
          .connected = of.connections.get(),
          .breaker_open = of.breaker_open.get()};
}

Task<Result<Reply>> Client::command(std::vector<std::string> words) {
  const auto state = state_;
  const auto began = std::chrono::steady_clock::now();
  auto result = co_await send(std::move(words));
  state->count(result, std::chrono::steady_clock::now() - began);
  co_return result;
}

Task<Result<Reply>> Client::send(std::vector<std::string> words) {
  const auto state = state_;
  const ClientOptions& options = state->link.options();
  if (state->breaker_open.get() != 0) co_return std::unexpected(detail::unavailable("the breaker is open"));
  if (state->queued.size() + state->sent.size() >= options.in_flight_max)
    co_return std::unexpected(detail::unavailable("in_flight_max commands wait"));
  const auto pending = std::make_shared<Pending>(state->link.loop(), options.command_time_max);
  detail::append_command(pending->bytes, words);
  if (words.empty() || pending->bytes.size() > options.command_bytes_max)
    co_return fail(errors::refused, "A command for the cache server is empty or too large.");
  state->queued.push_back(pending);
  state->link.flush_soon();
  boost::system::error_code woken;
  co_await pending->timer.async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, woken));
  if (pending->done) co_return std::move(pending->result);
  pending->abandoned = true;
  if (woken) throw boost::system::system_error(asio::error::operation_aborted);  // the caller was cancelled
  state->timed_out();
  co_return fail(errors::timed_out, "The cache server did not answer in time.");
}

struct Subscriber::State final : detail::LinkOwner {
  State(asio::io_context& loop, ClientOptions options, std::vector<std::string> the_channels, Handlers the_handlers)
      : channels(std::move(the_channels)),
        handlers(std::move(the_handlers)),
        link(loop, with_its_pings(std::move(options)), *this) {}

  static ClientOptions with_its_pings(ClientOptions options) {
    options.ping_interval = options.subscriber_ping_interval;
    return options;
  }

  void connected() override {
    to_send.clear();
    subscribed = 0;
    std::vector<std::string> words = {"SUBSCRIBE"};
    words.insert(words.end(), channels.begin(), channels.end());
    detail::append_command(to_send, words);
  }
  std::string outgoing() override { return std::exchange(to_send, {}); }
  void received(Reply reply) override {
    if (reply.kind != Reply::Kind::array || reply.items.size() < 2) return link.drop("an unexpected message");
    if (reply.items[0].text == "message" && reply.items.size() == 3) {
      handlers.on_message(reply.items[1].text, reply.items[2].text);
    } else if (reply.items[0].text == "subscribe" && ++subscribed == channels.size() && handlers.on_subscribed) {
      handlers.on_subscribed();
    }
  }
  void ping() override {
    detail::append_command(to_send, {"PING"});
    link.flush_soon();
  }
  void lost(const Error&) override {
    to_send.clear();
    if (std::exchange(subscribed, 0) == channels.size() && handlers.on_lost) handlers.on_lost();
  }

  std::vector<std::string> channels;
  Handlers handlers;
  std::string to_send;
  std::size_t subscribed = 0;
  detail::Link link;
};

Subscriber::Subscriber(asio::io_context& loop, ClientOptions options, std::vector<std::string> channels,
                       Handlers handlers)
    : state_(std::make_shared<State>(loop, std::move(options), std::move(channels), std::move(handlers))) {}
Subscriber::~Subscriber() = default;

Task<> Subscriber::run() {
  const auto state = state_;
  co_await state->link.run();
}

Result<> check_url(std::string_view url) {
  auto parsed = detail::parse_url(url);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  return {};
}

}  // namespace ashlar::redis
