// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/connection.hpp"

#include "ashlar/http/detail/http1_tunnel.hpp"
#include "ashlar/http/detail/proxy_header.hpp"
#include "ashlar/http/detail/tls.hpp"
#include "ashlar/http/errors.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace ashlar::http::detail {
namespace {

namespace asio = boost::asio;

constexpr std::size_t gathered_bytes_max = 64 * 1024;  // more responses than that do not benefit from being joined
constexpr std::size_t joined_body_max = 16 * 1024;     // a larger body is sent without a copy
constexpr std::size_t body_memory_kept_max = 64 * 1024;
constexpr std::string_view http2_preface_line = "PRI * HTTP/2.0\r\n";

void shrink(std::string& text, std::size_t kept) {
  if (text.capacity() > kept) std::string{}.swap(text);
}

std::string text_of(asio::ip::address address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace

Connection::Connection(Loop& loop, Socket socket, const asio::ip::tcp::endpoint& peer, ConnectionPermit permit)
    : permit_(std::move(permit)),
      loop_(loop),
      wire_(loop, std::move(socket), *this),
      decoder_(loop.limits()),
      peer_address_(text_of(peer.address())),
      peer_{wire_.transport().secure() ? Scheme::https : Scheme::http, peer_address_, peer.port(), {}} {
  wire_.moved_to(loop.add(*this));
}

Connection::~Connection() {
  if (gathering_) loop_.forget_flush(*this);
  loop_.remove(wire_.place());
}

void Connection::start(Loop& loop, Socket socket, const asio::ip::tcp::endpoint& peer, ConnectionPermit permit,
                       Preface preface) {
  auto connection = std::make_shared<Connection>(loop, std::move(socket), peer, std::move(permit));
  // An exception from run() is an ordinary end: cancellation, or out of memory. The handler keeps the connection, and
  // with it the signal, until its slot is no longer needed.
  asio::co_spawn(loop.context().get_executor(), connection->run(connection, preface),
                 asio::bind_cancellation_slot(connection->cancel_.slot(), [connection](std::exception_ptr) {}));
}

void Connection::expire() {
  if (http2_) {
    http2_->expire();
  } else {
    wire_.expire();
  }
}

void Connection::end_at_once() {
  if (http2_) {
    http2_->end_at_once();
    return;
  }
  wire_.break_off();
  wire_.held_by_producer = 0;  // which also ends the stream
  wire_.cancel();
}

void Connection::rest() {
  if (http2_) http2_->rest();
  if (exchange_ == nullptr || !waiting_ || !wire_.output.empty()) return;
  wire_.output.swap(exchange_->output);
  loop_.give_back(std::move(exchange_));
}

void Connection::release_memory() {
  if (http2_) {
    http2_->release_memory();
    return;
  }
  if (!waiting_ || !wire_.input.empty()) return;
  releasing_ = true;
  wire_.cancel();
}

void Connection::client_gone() {
  if (gone_) return;
  gone_ = true;
  cancel_.emit(asio::cancellation_type::total);
}

void Connection::cancel_handler() {
  if (gone_) return;
  exchange_->request.late = true;
  cancel_.emit(asio::cancellation_type::total);
}

// While a handler runs, this connection has no pending operation that could interfere.
void Connection::send_what_waits() {
  if (!wire_.transport().secure()) (void)wire_.try_flush();
}

void Connection::send_gathered() {
  gathering_ = false;
  if (!reading_) return;  // the next request has arrived, and its response is sent with these
  const Wire::Flushed flushed = wire_.try_flush();
  if (flushed == Wire::Flushed::all) return;
  blocked_ = flushed == Wire::Flushed::blocked;
  wire_.cancel();
}

// The client does not know yet, and may have a request in flight.
void Connection::drain() {
  if (http2_) http2_->drain();
  if (!waiting_) return;
  if (loop_.limits().drain_notice_time.count() > 0) {
    wire_.due_in(loop_.limits().drain_notice_time);
  } else {
    wire_.expire();
  }
}

void Connection::abort() {
  gone_ = true;
  if (http2_) http2_->abort();
  wire_.cancel();
  cancel_.emit(asio::cancellation_type::all);
}

Task<> Connection::run(std::shared_ptr<Connection> self, Preface preface) {
  co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
  if (preface == Preface::proxy_header && !co_await take_proxy_header()) co_return;
  if (self->wire_.transport().secure() && !co_await shake_hands()) co_return;
  if (begins_with_http2()) {
    co_await serve_http2();
    co_return;
  }
  const Next ending = co_await serve();
  if (ending == Next::http2) {
    co_await serve_http2();
    co_return;
  }
  if (ending == Next::gone || !co_await wire_.flush()) co_return;
  co_await wire_.close(ending == Next::lingering_close ? Wire::Goodbye::lingering : Wire::Goodbye::at_once);
}

Task<bool> Connection::take_proxy_header() {
  waiting_ = true;
  const auto header = co_await read_proxy_header(wire_);
  waiting_ = false;
  if (!header) co_return false;
  if (!header->source) co_return true;
  peer_address_ = text_of(header->source->address());
  peer_.address = peer_address_;
  peer_.port = header->source->port();
  co_return permit_.count_for(header->source->address());
}

Task<bool> Connection::shake_hands() {
  wire_.due_head(loop_.limits().tls_handshake_time_max);
  const auto [failed] = co_await wire_.transport().handshake();
  if (failed) co_return false;
  client_certificate_ = client_certificate_subject(wire_.transport().tls_connection());
  peer_.client_certificate = client_certificate_;
  co_return true;
}

bool Connection::begins_with_http2() {
  if (loop_.shared().protocols == Protocols::http2) return true;
  return wire_.transport().secure() && wire_.transport().protocol() == "h2";
}

Task<> Connection::serve_http2() {
  exchange_.reset();
  http2_ = std::make_unique<Http2Connection>(loop_, wire_, peer_, permit_, weak_from_this());
  co_await http2_->run();
  co_await wire_.close(Wire::Goodbye::lingering);
  wire_.due_never();
  error_code ignored;
  wire_.transport().socket().close(ignored);  // handlers that are still ending keep the rest
}

Task<Connection::Next> Connection::serve() {
  while (true) {
    if (exchange_ == nullptr) take_exchange();
    switch (decoder_.decode(wire_.input.unread(), exchange_->request)) {
      case Http1RequestDecoder::Progress::refused:
        if (requests_ == 0 && loop_.shared().protocols != Protocols::http1 && !wire_.transport().secure() &&
            wire_.input.unread().starts_with(http2_preface_line)) {
          co_return Next::http2;  // RFC 9113 section 3.3; over TLS, ALPN decides
        }
        co_return refuse_head(decoder_.refusal());
      case Http1RequestDecoder::Progress::need_more: {
        if (!leaves_to_turn()) {
          const Wire::Flushed flushed = wire_.try_flush();
          if (flushed == Wire::Flushed::failed) co_return Next::gone;
          if (flushed == Wire::Flushed::blocked && !co_await wire_.flush()) co_return Next::gone;
        }
        before_read();
        const auto [failed, size] = co_await wire_.read();
        waiting_ = reading_ = false;
        if (wire_.has_read(failed, size)) {
          if (head_begun_ && wire_.expired()) co_return head_not_read();  // its time ran out as this piece arrived
          continue;
        }
        if (std::exchange(blocked_, false) && !gone_ && co_await wire_.flush()) continue;
        if (releasing_ && !wire_.broken() && !wire_.expired()) {
          give_back_memory();
          const auto [gone] = co_await wire_.transport().wait_readable();
          waiting_ = releasing_ = false;
          if (!gone) continue;
        }
        const Next next = head_not_read();
        if (next == Next::request) continue;
        co_return next;
      }
      case Http1RequestDecoder::Progress::ready:
        break;
    }
    begin_request();
    Failure failure = Failure::none;
    const bool starts = exchange_->body.ready() || loop_.shared().handler.reads_body_as_it_arrives(exchange_->request);
    if (starts ? !exchange_->body.refusal() : co_await exchange_->body.become_ready()) {
      try {
        co_await loop_.shared().handler.handle(exchange_->request, exchange_->response);
      } catch (...) {
        failure = Failure::thrown;
      }
    } else if (!exchange_->body.refusal()) {
      co_return Next::gone;
    }
    if (gone_) co_return Next::gone;
    if (exchange_->request.late) co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    exchange_->request.time_max = {};
    Next next = conclude(failure);
    if (next == Next::rest) next = co_await conclude_rest();
    if (next == Next::flush) {
      if (!co_await wire_.flush()) co_return Next::gone;
      gathered_ = 0;
      next = Next::request;
    }
    if (next != Next::request) co_return next;
  }
}

// Whether the responses are sent at the end of the loop's turn, while this connection waits for its next request.
bool Connection::leaves_to_turn() {
  if (wire_.output.empty() || !loop_.gathers() || wire_.transport().secure() || loop_.draining()) return false;
  if (!std::exchange(gathering_, true)) loop_.flush_with_turn(*this);
  return true;
}

void Connection::before_read() {
  gathered_ = 0;
  releasing_ = blocked_ = false;
  reading_ = true;
  if (decoder_.started()) {
    if (!head_begun_) wire_.due_head(loop_.limits().header_time_max);
    head_begun_ = true;
  } else {
    waiting_ = true;
    if (loop_.draining()) {
      wire_.due_in(loop_.limits().drain_notice_time);
    } else {
      wire_.due_idle();
    }
  }
  wire_.input.make_room();
}

Connection::Next Connection::head_not_read() {
  if (wire_.broken() || gone_) return Next::gone;
  // A response that has been completed meanwhile is sent: the client cannot know that it was late.
  if (!decoder_.started()) return wire_.has_unread() ? Next::request : Next::close;
  if (!wire_.expired()) return Next::close;
  return refuse_head(decoder_.refusal_of_unfinished());
}

void Connection::take_exchange() {
  exchange_ = loop_.take_exchange();
  exchange_->body.use(wire_, permit_);
  exchange_->stream.use(wire_);
  exchange_->request.body = &exchange_->body;
  peer_.introduce(exchange_->request);
  wire_.output.swap(exchange_->output);
}

// An idle connection keeps no buffer: 10,000 of them must fit into 40 MB.
void Connection::give_back_memory() {
  wire_.input.release();
  waiting_ = true;
}

void Connection::begin_request() {
  const RequestHead& head = decoder_.head();
  wire_.input.consume(head.bytes);
  wire_.input.pin();
  exchange_->body.begin(head);
  exchange_->response.reset();
  exchange_->request.late = head_begun_ = broken_off_ = false;
  ++requests_;
  wire_.watch_client();
}

ResponseContext Connection::context(Persistence persistence) const {
  return {exchange_->request.version, exchange_->request.method, persistence, loop_.date()};
}

Persistence Connection::persistence(ResponseFraming framing) const {
  const bool last = !decoder_.head().keep_alive || loop_.draining() || broken_off_ ||
                    requests_ >= loop_.limits().requests_per_connection_max || framing == ResponseFraming::close ||
                    (!exchange_->body.finished() && !exchange_->body.worth_discarding());
  return last ? Persistence::close : Persistence::keep_alive;
}

// Completes a request as far as possible without waiting: nearly always entirely.
Connection::Next Connection::conclude(Failure failure) {
  Response& response = exchange_->response;
  RequestBody& body = exchange_->body;
  if (wire_.broken()) return Next::gone;
  if (body.refusal()) return refuse(*body.refusal());
  if (response.tunnel && failure == Failure::none) return Next::rest;
  if (failure == Failure::thrown || response.status < 200 || response.status > 999) {
    broken_off_ = true;
    shape_refusal(500, Error(ashlar::errors::internal, "Something went wrong here."));
  }
  if (!body.finished()) (void)body.skip_arrived();
  if (response.stream || !body.finished() || response.body.size() > joined_body_max) return Next::rest;
  const ResponseFraming framing = framing_of(response, context(Persistence::keep_alive));
  const Persistence kept = persistence(framing);
  append_response(framing, kept);
  return after_answer(kept);
}

Task<Connection::Next> Connection::conclude_rest() {
  Response& response = exchange_->response;
  RequestBody& body = exchange_->body;
  if (response.tunnel) co_return co_await run_tunnel();
  const ResponseFraming framing = framing_of(response, context(Persistence::keep_alive));
  const Persistence kept = persistence(framing);
  body.answer_begins();
  if (response.stream && framing != ResponseFraming::none) {
    if (!co_await send_stream(framing, kept)) co_return broken_off_ ? after_answer(Persistence::close) : Next::gone;
  } else if (response.body.size() > joined_body_max && framing != ResponseFraming::none) {
    append_head(wire_.output, response, framing, context(kept));
    if (!co_await wire_.flush(response.body)) co_return Next::gone;
    shrink(response.body, body_memory_kept_max);
  } else {
    append_response(framing, kept);
  }
  if (kept == Persistence::keep_alive && !body.finished()) {
    if (!co_await wire_.flush()) co_return Next::gone;
    if (!co_await body.discard()) co_return wire_.broken() || gone_ ? Next::gone : after_answer(Persistence::close);
  }
  co_return after_answer(kept);
}

// The loop gets the memory of the request and the response back before the tunnel runs, which may take days.
Task<Connection::Next> Connection::run_tunnel() {
  append_switching_head(wire_.output, exchange_->response, loop_.date());
  TunnelUser use = std::move(exchange_->response.tunnel);
  wire_.input.unpin();
  exchange_->body.release_memory();
  exchange_->response.reset();
  decoder_.reset();
  if (!co_await wire_.flush()) co_return Next::gone;
  wire_.output.swap(exchange_->output);
  loop_.give_back(std::move(exchange_));
  wire_.due_never();
  Http1Tunnel tunnel(wire_);
  try {
    co_await use(tunnel);
  } catch (...) {
    co_return Next::gone;
  }
  co_return wire_.broken() || gone_ ? Next::gone : Next::close;
}

// false: the stream ended early. If broken_off_ is set, a refusal replaced it; otherwise the connection must be closed,
// which tells the client.
Task<bool> Connection::send_stream(ResponseFraming framing, Persistence persistence) {
  Response& response = exchange_->response;
  const std::size_t head_at = wire_.output.size();
  const std::uint64_t sends_before = wire_.sends();
  append_head(wire_.output, response, framing, context(persistence));
  exchange_->stream.begin(framing, response.stream_length.value_or(0));
  wire_.held_by_producer = response.stream_held_bytes;
  wire_.unsent.set(wire_.held_by_producer);
  // A producer that waits before its first piece: the sweep sends the head of a plain connection meanwhile.
  if (wire_.transport().secure() && !co_await wire_.flush()) co_return false;
  bool whole = false;
  try {
    const Result<> produced = co_await response.stream(exchange_->stream);
    whole = produced.has_value() && !gone_;
  } catch (...) {
    whole = false;
  }
  response.stream = nullptr;
  wire_.held_by_producer = 0;
  wire_.unsent.set(0);
  if (whole && exchange_->stream.finish(response.trailers.get())) co_return true;
  if (wire_.sends() != sends_before || wire_.broken() || gone_) co_return false;
  wire_.output.resize(head_at);  // nothing of it was sent
  broken_off_ = true;
  shape_refusal(500, Error(ashlar::errors::internal, "Something went wrong here."));
  append_response(framing_of(response, context(Persistence::close)), Persistence::close);
  co_return false;
}

Connection::Next Connection::refuse_head(const Refusal& refusal) {
  exchange_->request.version = Version::http_1_1;
  decoder_.collect_known_fields(wire_.input.unread(), exchange_->request);
  return refuse(refusal);
}

Connection::Next Connection::refuse(const Refusal& refusal) {
  shape_refusal(refusal.status, refusal.error);
  // Possibly it was never known: a refused HEAD gets a body, and then the connection ends.
  exchange_->request.method = Method::get;
  exchange_->request.version = Version::http_1_1;
  append_response(ResponseFraming::length, Persistence::close);
  return Next::lingering_close;
}

void Connection::shape_refusal(int status, const Error& error) {
  Response& response = exchange_->response;
  response.reset();
  try {
    loop_.shared().handler.reject(status, error, exchange_->request, response);
  } catch (...) {
    response.reset();
  }
  response.status = status;
  response.stream = nullptr;
}

void Connection::append_response(ResponseFraming framing, Persistence persistence) {
  append_head(wire_.output, exchange_->response, framing, context(persistence));
  if (framing == ResponseFraming::length) wire_.output.append(exchange_->response.body);
}

Connection::Next Connection::after_answer(Persistence persistence) {
  const bool at_end = exchange_->body.finished();
  exchange_->response.stream = nullptr;
  wire_.input.unpin();
  exchange_->body.release_memory();
  decoder_.reset();
  loop_.count_answer();
  ++gathered_;
  if (persistence == Persistence::close) {
    return at_end && wire_.input.empty() ? Next::close : Next::lingering_close;
  }
  const Limits& limits = loop_.limits();
  const std::size_t bytes_max = std::min(limits.output_bytes_max, gathered_bytes_max);
  const bool full = wire_.output.size() >= bytes_max || gathered_ >= limits.pipelined_requests_max;
  return full ? Next::flush : Next::request;
}

}  // namespace ashlar::http::detail
