// SPDX-License-Identifier: Apache-2.0
#include "ashlar/redis/detail/link.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/log/logger.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace ashlar::redis::detail {
namespace asio = boost::asio;

namespace {

using Socket = asio::basic_stream_socket<asio::ip::tcp, LoopExecutor>;
using Resolver = asio::ip::basic_resolver<asio::ip::tcp, LoopExecutor>;
constexpr asio::use_awaitable_t<LoopExecutor> use_awaitable;
constexpr std::chrono::milliseconds first_delay{50};
constexpr int doublings_max = 10;

Address address_of(const std::string& url) {
  auto parsed = parse_url(url);
  if (!parsed) throw std::invalid_argument(parsed.error().message());
  return std::move(*parsed);
}

// Empty: no authentication.
std::vector<std::string> auth_command(const std::string& user, const std::string& password) {
  if (!user.empty()) return {"AUTH", user, password};
  if (!password.empty()) return {"AUTH", password};
  return {};
}

}  // namespace

Error unavailable(std::string why) {
  return Error(errors::unavailable, "The cache server is not available.").with_cause(std::move(why));
}

struct Link::Connection {
  Connection(const LoopExecutor& loop, asio::ssl::context* tls, std::size_t reply_bytes_max)
      : socket(loop), watch(loop), reader(reply_bytes_max) {
    if (tls != nullptr) secure.emplace(socket, *tls);
  }
  Task<std::size_t> read_some() {
    return secure ? secure->async_read_some(asio::buffer(buffer), use_awaitable)
                  : socket.async_read_some(asio::buffer(buffer), use_awaitable);
  }
  template <class Token>
  auto write(Token token) {
    return secure ? asio::async_write(*secure, asio::buffer(sending), std::move(token))
                  : asio::async_write(socket, asio::buffer(sending), std::move(token));
  }
  void close(std::string reason) {
    if (why.empty()) why = std::move(reason);
    closed = true;
    boost::system::error_code ignored;
    socket.close(ignored);
    watch.cancel();
  }

  Socket socket;
  std::optional<asio::ssl::stream<Socket&>> secure;
  Timer watch;
  ReplyReader reader;
  std::array<char, 16 * 1024> buffer{};
  std::string sending;
  std::chrono::steady_clock::time_point heard_at = std::chrono::steady_clock::now();
  bool writing = false;
  bool flush_due = false;
  bool closed = false;
  std::string why;
};

Link::Link(asio::io_context& loop, ClientOptions options, LinkOwner& owner)
    : loop_(loop.get_executor()),
      options_(std::move(options)),
      address_(address_of(options_.url)),
      owner_(owner),
      checks_role_(!address_.master_name.empty()) {
  if (address_.transport == Address::Transport::plain) return;
  tls_.emplace(asio::ssl::context::tls_client);
  tls_->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  if (options_.ca_file.empty()) {
    tls_->set_default_verify_paths();
  } else {
    tls_->load_verify_file(options_.ca_file);
  }
  tls_->set_verify_mode(asio::ssl::verify_peer);
}

Link::~Link() { *alive_ = false; }

Task<> Link::run() {
  while (true) {
    const Error why = co_await attempt();
    const bool was_connected = std::exchange(connection_, nullptr) != nullptr;
    if (options_.log != nullptr && (was_connected || failures_ == 0))
      options_.log->warn("Redis is unreachable", {{"reason", why.cause()}});
    if (was_connected) failures_ = 0;
    owner_.lost(why);
    co_await async::sleep_for(next_delay());
  }
}

// Doubles from 50 ms on, and is shortened at random by up to a half, so that many processes do not reconnect at once.
std::chrono::milliseconds Link::next_delay() {
  const auto most = std::min(first_delay * (1 << std::min(failures_++, doublings_max)), options_.reconnect_delay_max);
  return std::chrono::milliseconds(
      std::uniform_int_distribution<std::int64_t>(most.count() / 2, most.count())(chance_));
}

// Runs a connection from start to end, and returns why it ended.
Task<Error> Link::attempt() {
  const auto connection = std::make_shared<Connection>(loop_, tls_ ? &*tls_ : nullptr, options_.reply_bytes_max);
  Error why = unavailable("");
  try {
    auto opened = co_await async::with_deadline(open(connection), options_.connect_time_max);
    if (!opened) {
      why = opened.error().cause().empty() ? unavailable("no answer within connect_time_max") : opened.error();
    } else {
      connection_ = connection;
      if (failures_ > 0 && options_.log != nullptr) options_.log->info("Redis is reachable again");
      failures_ = 0;
      owner_.connected();
      watch(connection);
      flush_soon();
      why = co_await read(connection);
    }
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted && connection->why.empty()) {  // run() was cancelled
      connection->close("over");
      connection_ = nullptr;
      owner_.lost(unavailable("run() has ended"));
      throw;
    }
    why = unavailable(connection->why.empty() ? e.what() : connection->why);
  }
  connection->close("over");
  co_return why;
}

Task<Result<>> Link::open(Shared connection) {
  Endpoint server = address_.endpoints.front();
  if (!address_.master_name.empty()) server = co_await unwrap(find_master());
  co_await connect(connection, std::move(server));
  co_return co_await sign_in(connection);
}

Task<> Link::connect(Shared connection, Endpoint endpoint) {
  Resolver resolver(loop_);
  const auto found = co_await resolver.async_resolve(endpoint.host, endpoint.port, use_awaitable);
  co_await asio::async_connect(connection->socket, found, use_awaitable);
  connection->socket.set_option(asio::ip::tcp::no_delay(true));
  if (connection->secure) {
    SSL_set_tlsext_host_name(connection->secure->native_handle(), endpoint.host.c_str());
    connection->secure->set_verify_callback(asio::ssl::host_name_verification(endpoint.host));
    co_await connection->secure->async_handshake(asio::ssl::stream_base::client, use_awaitable);
  }
}

// A Sentinel that hangs uses only its share of the attempt's time.
Task<Result<Endpoint>> Link::find_master() {
  const std::size_t count = address_.endpoints.size();
  const auto share = options_.connect_time_max / static_cast<std::int64_t>(count + 1);
  std::string why;
  for (std::size_t asked = 0; asked < count; ++asked) {
    const Endpoint& sentinel = address_.endpoints[sentinel_];
    auto found = co_await async::with_deadline(ask_sentinel(sentinel), share);
    if (found) co_return found;
    why += (why.empty() ? "" : "; ") + sentinel.host + ":" + sentinel.port + ": " +
           (found.error().cause().empty() ? found.error().message() : found.error().cause());
    sentinel_ = (sentinel_ + 1) % count;
  }
  co_return std::unexpected(unavailable("no Sentinel knows the master: " + why));
}

Task<Result<Reply>> Link::read_one(Shared connection) {
  while (true) {
    if (auto reply = co_await unwrap(connection->reader.next())) co_return std::move(*reply);
    const std::size_t size = co_await connection->read_some();
    connection->reader.feed({connection->buffer.data(), size});
  }
}

// https://redis.io/docs/latest/develop/reference/sentinel-clients/
Task<Result<Endpoint>> Link::ask_sentinel(Endpoint sentinel) {
  const auto connection = std::make_shared<Connection>(loop_, tls_ ? &*tls_ : nullptr, options_.reply_bytes_max);
  try {
    co_await connect(connection, std::move(sentinel));
    const auto credentials = auth_command(options_.sentinel_user, options_.sentinel_password);
    if (!credentials.empty()) append_command(connection->sending, credentials);
    append_command(connection->sending, {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", address_.master_name});
    co_await connection->write(use_awaitable);
    if (!credentials.empty()) {
      const Reply reply = co_await unwrap(read_one(connection));
      if (reply.kind == Reply::Kind::error) co_return std::unexpected(unavailable("AUTH: " + reply.text));
    }
    const Reply reply = co_await unwrap(read_one(connection));
    if (reply.kind == Reply::Kind::array && reply.items.size() == 2)
      co_return Endpoint{.host = reply.items[0].text, .port = reply.items[1].text};
    co_return std::unexpected(unavailable(reply.is_nil() ? "no master of that name" : reply.text));
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted) throw;
    co_return std::unexpected(unavailable(e.what()));
  }
}

// Ends with a PING: a server that accepts connections but does not answer in a command's time is unreachable.
Task<Result<>> Link::sign_in(Shared connection) {
  std::vector<std::vector<std::string>> commands;
  if (auto credentials = auth_command(address_.user, address_.password); !credentials.empty())
    commands.push_back(std::move(credentials));
  if (address_.database != 0) commands.push_back({"SELECT", std::to_string(address_.database)});
  if (checks_role_) commands.push_back({"ROLE"});
  commands.push_back({"PING"});
  for (const auto& words : commands) append_command(connection->sending, words);
  const auto asked_at = std::chrono::steady_clock::now();
  co_await connection->write(use_awaitable);
  for (const auto& words : commands) {
    const Reply reply = co_await unwrap(read_one(connection));
    if (reply.kind == Reply::Kind::error) co_return std::unexpected(unavailable(words[0] + ": " + reply.text));
    if (words[0] == "ROLE" && (reply.items.empty() || reply.items[0].text != "master"))
      co_return std::unexpected(unavailable("the server is a replica"));
  }
  if (std::chrono::steady_clock::now() - asked_at > options_.command_time_max)
    co_return std::unexpected(unavailable("its PING took longer than command_time_max"));
  co_return Result<>();
}

Task<Error> Link::read(Shared connection) {
  while (true) {
    const std::size_t size = co_await connection->read_some();
    connection->heard_at = std::chrono::steady_clock::now();
    connection->reader.feed({connection->buffer.data(), size});
    while (!connection->closed) {
      auto reply = connection->reader.next();
      if (!reply) co_return std::move(reply.error());
      if (!*reply) break;
      owner_.received(std::move(**reply));
    }
  }
}

void Link::flush_soon() {
  if (!connection_ || connection_->writing || std::exchange(connection_->flush_due, true)) return;
  asio::post(loop_, [this, alive = alive_, connection = connection_] {
    connection->flush_due = false;
    if (*alive && connection == connection_) flush(connection);
  });
}

void Link::flush(const Shared& connection) {
  if (connection->writing || connection->closed) return;
  connection->sending = owner_.outgoing();
  if (connection->sending.empty()) return;
  connection->writing = true;
  connection->write([this, alive = alive_, connection](const boost::system::error_code& failed, std::size_t) {
    connection->writing = false;
    if (failed) return connection->close(failed.message());
    if (*alive && connection == connection_) flush(connection);
  });
}

void Link::watch(const Shared& connection) {
  connection->watch.expires_after(options_.ping_interval);
  connection->watch.async_wait([this, alive = alive_, connection](const boost::system::error_code& failed) {
    if (failed || connection->closed || !*alive) return;
    const auto silent = std::chrono::steady_clock::now() - connection->heard_at;
    if (silent > 2 * options_.ping_interval) return connection->close("silent for too long");
    if (silent >= options_.ping_interval / 2) owner_.ping();
    watch(connection);
  });
}

void Link::drop_replica() {
  checks_role_ = true;
  drop("the server is a replica");
}

void Link::drop(std::string why) {
  if (connection_) connection_->close(std::move(why));
}

}  // namespace ashlar::redis::detail
