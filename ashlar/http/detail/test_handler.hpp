// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/test_signal.hpp"
#include "ashlar/http/detail/test_trailers.hpp"
#include "ashlar/http/detail/test_tunnel.hpp"
#include "ashlar/http/message.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>
#include <semaphore>
#include <stdexcept>
#include <string>

namespace ashlar::http::detail {

// For the tests of connections and servers: each path is a way to answer.
class TestHandler final : public Handler {
 public:
  static constexpr std::size_t huge_bytes = 16'000'000;  // of /huge: more than a socket accepts at once

  Signal<boost::asio::io_context*> entered;  // /gate runs, on this loop
  Signal<std::string> left;                  // how /gate ended: "opened", "cancelled" or "late"; see TestTunnel
  Signal<std::string> body_error;            // the code that /count got
  Signal<std::string> write_error;           // the code that /endless got

  TestTunnel tunnel;
  std::atomic<int> handled = 0;  // requests so far

  std::counting_semaphore<> joined{0};  // number of requests to /joined, whose response is sent together with others

  // Releases /gate. From any thread.
  void open(boost::asio::io_context& loop) {
    boost::asio::post(loop, [this] { gate_->cancel(); });
  }

  Task<> handle(Request& request, Response& response) override {
    const std::string_view path = request.path;
    ++handled;
    if (request.query == "ms=20") request.time_max = std::chrono::milliseconds(20);
    if (path == "/echo") return echo(request, response);
    if (path == "/count") return count(request, response);
    if (path == "/gate") return gate(request, response);
    if (path == "/stubborn") return stubborn();
    if (path == "/later") return later(response);
    if (path == "/tunnel") return tunnel.open(request, response, left);
    if (path == "/throw") throw std::runtime_error("a secret of the inside");
    return plain(request, response);
  }

  [[nodiscard]] bool reads_body_as_it_arrives(const Request& request) const override { return request.query == "live"; }

  void reject(int status, const Error& error, const Request& request, Response& response) override {
    if (const auto origin = request.headers.find("Origin"))
      response.headers.add("Access-Control-Allow-Origin", *origin);
    if (!request.peer_address.empty()) response.headers.add("Peer", request.peer_address);
    response.headers.add("Content-Type", "text/plain");
    response.body = std::to_string(status) + " " + std::string(error.code().name);
  }

 private:
  Task<> plain(Request& request, Response& response) {
    if (const std::string_view path = request.path; path == "/204") {
      response.status = 204;
    } else if (path == "/99") {
      response.status = 99;
    } else if (path == "/peer") {
      response.body = std::string(request.peer_address) + (request.scheme == Scheme::https ? " https" : " http");
    } else if (path == "/certificate") {
      response.body = request.client_certificate;
    } else if (path == "/present") {
      const auto length = request.body->length();
      response.body = request.body->present() ? "content" : "no content";
      response.body.append(", ").append(length ? std::to_string(*length) : "unknown");
    } else if (path == "/huge") {
      response.body.assign(huge_bytes, 'h');
    } else if (path == "/large") {
      response.body.assign(1'000'000, 'l');
    } else if (path == "/joined") {
      response.body.assign(16'000, 'j');
      joined.release();
    } else if (path == "/stream" || path == "/sized") {
      response.stream = stream;
      if (path == "/sized") response.stream_length = 3 * 6;
    } else if (path == "/trailers") {
      answer_with_trailers(request, response);
    } else if (path == "/promised-more") {
      response.stream = stream;
      response.stream_length = 100;
    } else if (path == "/promised-less") {
      response.stream = stream;
      response.stream_length = 7;
    } else if (path == "/fails") {
      response.stream = fails;
    } else if (path == "/breaks") {
      response.stream = breaks;
    } else if (path == "/endless") {
      response.stream = [this](BodyWriter& writer) { return endless(writer); };
      if (request.query == "held") response.stream_held_bytes = huge_bytes;
    } else if (path == "/much") {
      response.stream = much;
    } else {
      response.body = std::string("you asked for ") + std::string(request.target);
    }
    co_return;
  }

  static Task<Result<>> stream(BodyWriter& writer) {
    for (const char* piece : {"first ", "", "second", " third"}) {
      if (auto written = co_await writer.write(piece); !written) co_return written;
    }
    co_return Result<>{};
  }
  static Task<Result<>> fails(BodyWriter&) { co_return fail(ashlar::errors::internal, "no"); }
  static Task<Result<>> breaks(BodyWriter& writer) {
    (void)co_await writer.write("some");
    throw std::runtime_error("no");
  }
  static Task<Result<>> much(BodyWriter& writer) {
    const std::string piece(64 * 1024, 'm');
    for (int i = 0; i < 512; ++i) {
      if (auto written = co_await writer.write(piece); !written) co_return written;
    }
    co_return Result<>{};
  }
  Task<Result<>> endless(BodyWriter& writer) {
    const std::string piece(64 * 1024, 'e');
    while (true) {
      auto written = co_await writer.write(piece);
      if (written) continue;
      write_error.set(std::string(written.error().code().name));
      co_return written;
    }
  }

  static Task<> echo(Request& request, Response& response) {
    constexpr std::size_t most = 4 * 1024 * 1024;
    if (const auto here = request.body->try_whole(most)) {
      response.body = *here;
      co_return;
    }
    const auto body = co_await request.body->read_all(most);
    response.status = body ? 200 : 422;
    response.body = body ? *body : body.error().code().name;
  }

  Task<> count(Request& request, Response& response) {
    std::uint64_t bytes = 0;
    while (true) {
      const auto piece = co_await request.body->read();
      if (!piece) {
        body_error.set(std::string(piece.error().code().name));
        co_return;
      }
      if (piece->empty()) break;
      bytes += piece->size();
    }
    response.body = std::to_string(bytes);
  }

  Task<> gate(Request& request, Response& response) {
    namespace asio = boost::asio;
    const auto executor = co_await asio::this_coro::executor;
    gate_.emplace(executor, asio::steady_timer::time_point::max());
    entered.set(&executor.context());
    (void)co_await gate_->async_wait(asio::as_tuple(asio::use_awaitable_t<LoopExecutor>{}));
    const auto state = co_await asio::this_coro::cancellation_state;
    const bool cancelled = state.cancelled() != asio::cancellation_type::none;
    response.body = request.late ? "late" : cancelled ? "cancelled" : "opened";
    gate_.reset();
    left.set(response.body);
  }

  // Cannot be cancelled: it is destroyed with its loop, or never.
  Task<> stubborn() {
    namespace asio = boost::asio;
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    asio::steady_timer timer(executor, asio::steady_timer::time_point::max());
    entered.set(&executor.context());
    co_await timer.async_wait(asio::use_awaitable_t<LoopExecutor>{});
  }

  // Answers after the loop has run once.
  static Task<> later(Response& response) {
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable_t<LoopExecutor>{});
    response.body = "later";
  }

  std::optional<boost::asio::steady_timer> gate_;
};

}  // namespace ashlar::http::detail
