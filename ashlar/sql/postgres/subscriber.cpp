// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/subscriber.hpp"

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/sql/postgres/detail/dialer.hpp"
#include "ashlar/sql/postgres/detail/errors.hpp"
#include "ashlar/sql/postgres/detail/reconnection.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ashlar::sql::postgres {
namespace {

using Descriptor = boost::asio::posix::basic_stream_descriptor<LoopExecutor>;

struct Release {
  void operator()(PGnotify* message) const { PQfreemem(message); }
};

bool is_channel(std::string_view name) {
  return !name.empty() && name.size() <= channel_bytes_max && !name.contains('\0');
}

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out.append(c == '"' ? 2 : 1, c);
  return out + "\"";
}

Task<Result<>> readable(Descriptor& socket) {
  co_await socket.async_wait(Descriptor::wait_read, boost::asio::use_awaitable_t<LoopExecutor>{});
  co_return Result<>();
}

}  // namespace

struct Subscriber::State {
  State(boost::asio::io_context& on, SubscriberOptions given, const std::vector<std::string>& channels, Handlers heard)
      : loop(on),
        options(std::move(given)),
        handlers(std::move(heard)),
        connection_options({.url = options.url, .connect_time_max = options.connect_time_max}),
        reconnection(options.reconnect_delay_max,
                     static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(this) >> 4)) {
    for (const auto& channel : channels) {
      if (!is_channel(channel)) throw std::invalid_argument("a channel has a name of 1 to 63 bytes");
      listen += "LISTEN " + quoted(channel) + ";";
    }
  }

  Task<> listen_until_lost(detail::ConnectionHandle given);
  // Reads what has arrived: the answer to a check, and messages. An error: the connection is lost.
  Result<> take();
  Result<> ask(const char* sql);
  void note_lost(Error why);

  boost::asio::io_context& loop;
  const SubscriberOptions options;
  const Handlers handlers;
  const Options connection_options;
  async::BlockingPool connecting{{.threads = 1, .queue_max = 1, .name = "pg-subscriber"}};
  detail::Reconnection reconnection;
  std::string listen;

  PGconn* connection = nullptr;  // while it listens
  bool asked = false;            // a check was sent and not answered
  bool subscribed = false;
};

Result<> Subscriber::State::ask(const char* sql) {
  asked = true;
  if (PQsendQuery(connection, sql) == 1 && PQflush(connection) >= 0) return {};
  return std::unexpected(detail::unavailable(detail::message_of(connection)));
}

Result<> Subscriber::State::take() {
  do {
    if (PQconsumeInput(connection) == 0) return std::unexpected(detail::unavailable(detail::message_of(connection)));
  } while (detail::has_decrypted_more(connection));
  while (asked && PQisBusy(connection) == 0) {
    const detail::ResultHandle result(PQgetResult(connection));
    if (result) {
      const auto status = PQresultStatus(result.get());
      if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE)
        return std::unexpected(detail::error_of(result.get(), listen));
      continue;
    }
    asked = false;
    if (subscribed) break;
    subscribed = true;
    if (reconnection.succeeded() && options.log != nullptr)
      options.log->info("Messages from the database are received again.");
    if (handlers.on_subscribed) handlers.on_subscribed();
  }
  while (const std::unique_ptr<PGnotify, Release> message{PQnotifies(connection)}) {
    if (subscribed && handlers.on_message) handlers.on_message(message->relname, message->extra);
  }
  return {};
}

void Subscriber::State::note_lost(Error why) {
  if (!reconnection.is_failing() && options.log != nullptr)
    options.log->warn("Messages from the database are not received.", {{"cause", why.cause()}});
  reconnection.failed(detail::Steady::now(), std::move(why));
}

Task<> Subscriber::State::listen_until_lost(detail::ConnectionHandle given) {
  // libpq owns the socket: it is released, and its waits with it, before the connection is closed.
  struct Session {
    State& state;
    detail::ConnectionHandle handle;
    Descriptor socket;
    ~Session() {
      socket.release();
      state.connection = nullptr;
      state.subscribed = false;
    }
  };
  Session session{*this, std::move(given), Descriptor(loop.get_executor())};
  PQsetnonblocking(session.handle.get(), 1);
  session.socket.assign(PQsocket(session.handle.get()));
  connection = session.handle.get();
  auto so_far = ask(listen.c_str());
  while (so_far) {
    const auto came = co_await async::with_deadline(readable(session.socket),
                                                    asked ? options.answer_time_max : options.check_interval);
    if (came) {
      so_far = take();
    } else if (asked) {
      so_far = std::unexpected(detail::timed_out("no answer"));
    } else {
      so_far = ask("");
    }
  }
  note_lost(std::move(so_far.error()));
  if (subscribed && handlers.on_lost) handlers.on_lost();
}

Subscriber::Subscriber(boost::asio::io_context& loop, SubscriberOptions options, std::vector<std::string> channels,
                       Handlers handlers)
    : state_(std::make_unique<State>(loop, std::move(options), channels, std::move(handlers))) {}

Subscriber::~Subscriber() = default;

Task<> Subscriber::run() {
  State& state = *state_;
  while (true) {
    auto dialed = co_await state.connecting.run(
        [&state] { return detail::connect(state.connection_options, detail::Use::blocking); });
    if (dialed && *dialed) {
      co_await state.listen_until_lost(std::move(**dialed));
    } else {
      state.note_lost(dialed ? dialed->error() : dialed.error());
    }
    const auto delay = state.reconnection.next_try() - detail::Steady::now();
    co_await async::sleep_for(std::chrono::ceil<std::chrono::milliseconds>(std::max(delay, delay.zero())));
  }
}

Task<Result<>> notify(Executor& executor, std::string channel, std::string message) {
  if (executor.dialect() != Dialect::postgres)
    co_return std::unexpected(detail::failed("NOTIFY exists in PostgreSQL only"));
  if (!is_channel(channel)) co_return std::unexpected(detail::failed("a channel has a name of 1 to 63 bytes"));
  if (message.size() > message_bytes_max)
    co_return std::unexpected(detail::failed("a message of more than 7999 bytes"));
  auto told = co_await executor.execute({.sql = "select pg_notify($1::text, $2::text)",
                                         .parameters = {std::move(channel), std::move(message)},
                                         .mode = Mode::write});
  if (!told) co_return std::unexpected(std::move(told.error()));
  co_return Result<>();
}

}  // namespace ashlar::sql::postgres
