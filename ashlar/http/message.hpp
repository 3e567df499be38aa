// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/http/headers.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// A request and its response, independent of the version of HTTP.
namespace ashlar::http {

enum class Method : std::uint8_t { get, head, post, put, patch, remove, options, trace, connect, other };
[[nodiscard]] std::string_view to_string(Method method);  // "DELETE" for remove
[[nodiscard]] Method method_of(std::string_view name);    // case matters (RFC 9110 section 9.1)

enum class Version : std::uint8_t { http_1_0, http_1_1, http_2 };
enum class Scheme : std::uint8_t { http, https };

// The standard reason phrase; empty for a status that has none.
[[nodiscard]] std::string_view reason_of(int status);

// The body of a request, read once, front to back, on the request's loop. The connection discards what the handler
// leaves unread (up to a limit; beyond it the connection closes).
class BodyReader {
 public:
  BodyReader() = default;
  BodyReader(const BodyReader&) = delete;
  BodyReader& operator=(const BodyReader&) = delete;
  virtual ~BodyReader() = default;

  // Whether there is content: at least one byte (RFC 9110 section 6.4). An empty body counts as none, however its end
  // is signalled: Content-Length: 0, a chunked body of zero bytes, an empty DATA frame with END_STREAM. True for a
  // request with `Expect: 100-continue` whose length is unknown.
  [[nodiscard]] virtual bool present() const = 0;
  // From Content-Length, or counted at the body's end; nullopt before that.
  [[nodiscard]] virtual std::optional<std::uint64_t> length() const = 0;
  // The whole body, if it has arrived and fits `bytes_max`: the usual case, without a suspension. The view lives as
  // long as the request. nullopt: use read_all.
  virtual std::optional<std::string_view> try_whole(std::size_t bytes_max) = 0;
  // The next piece, valid until the next call; empty at the end. Sends 100 Continue if the client expects it. Errors:
  // request.body_too_large, request.body_timeout, request.malformed_body.
  virtual Task<Result<std::string_view>> read() = 0;
  // The whole body, stored by the reader as long as the request. Error request.body_too_large when it exceeds
  // `bytes_max`.
  virtual Task<Result<std::string_view>> read_all(std::size_t bytes_max) = 0;
};

// A request. Its views are valid until it is answered.
struct Request {
  Method method = Method::get;
  std::string_view method_name;  // as sent, for Method::other
  std::string_view target;       // as sent: "/api/users?page=2"
  std::string_view path;         // "/api/users", percent-encoded as sent
  std::string_view query;        // "page=2", without the question mark
  std::string_view authority;    // Host, or :authority
  Version version = Version::http_1_1;
  Scheme scheme = Scheme::http;
  std::string_view peer_address;  // the peer's IP address as text
  std::uint16_t peer_port = 0;
  // Subject of the client's verified TLS certificate (RFC 4514: "CN=billing,O=Example"); empty: none.
  std::string_view client_certificate;
  RequestHeaders headers;
  BodyReader* body = nullptr;  // never null inside a handler
  // HTTP/2: the :protocol of an extended CONNECT (RFC 8441), whose path and query are set as for GET; else empty.
  std::string_view connect_protocol;

  // How long the handler may take; the handler sets it once it knows. Zero: no limit. Counted from the head, and again
  // from each piece of the body that the handler waited for, since limits of their own apply to slow clients. When the
  // time has passed, the handler is cancelled: its wait ends with operation_aborted, and `late` is set; a response that
  // it then returns is sent. Accurate to a tenth of a second, never early. Streaming is not counted.
  std::chrono::milliseconds time_max{0};
  bool late = false;
};

// The destination of a streamed response body. One write at a time.
class BodyWriter {
 public:
  BodyWriter() = default;
  BodyWriter(const BodyWriter&) = delete;
  BodyWriter& operator=(const BodyWriter&) = delete;
  virtual ~BodyWriter() = default;

  // Completes when the bytes were passed to the socket or may be reused. A slow reader suspends the caller here, so
  // memory stays bounded. Error connection.closed when the client has disconnected: stop producing.
  virtual Task<Result<>> write(std::string_view bytes) = 0;
};

// Produces a body piece by piece. It runs after the handler has returned, and is destroyed before the response.
using BodyProducer = std::move_only_function<Task<Result<>>(BodyWriter&)>;

// A connection's bytes in both directions: an HTTP/1.1 connection after 101 (RFC 9110 section 7.8), or an HTTP/2 stream
// that an extended CONNECT opened (RFC 8441). Used on the request's loop: one read and one write at a time, and a read
// may wait while a write runs. Only writes have a time limit, that of responses; the user limits the idle time.
class Tunnel {
 public:
  Tunnel() = default;
  Tunnel(const Tunnel&) = delete;
  Tunnel& operator=(const Tunnel&) = delete;
  virtual ~Tunnel() = default;

  // The next bytes, which may be modified, valid until the next call; empty when the client sends no more. An idle
  // tunnel holds no buffer. Error connection.closed.
  virtual Task<Result<std::span<char>>> read() = 0;
  // As BodyWriter::write.
  virtual Task<Result<>> write(std::string_view bytes) = 0;
};

// Uses a tunnel until it ends. Request and response no longer exist while it runs. Cancelled when the server closes;
// when it returns or throws, the connection or the stream is closed.
using TunnelUser = std::move_only_function<Task<>(Tunnel&)>;

// The protocol that a request asks to continue with, as it was sent ("websocket"): Upgrade of HTTP/1.1, or :protocol of
// HTTP/2. Empty: none.
[[nodiscard]] std::string_view requested_tunnel(const Request& request);

// A response, filled by a handler and owned by the connection, which reuses its memory. HEAD needs no special handling:
// the connection sends the headers and drops the body.
struct Response {
  int status = 200;
  ResponseHeaders headers;
  std::string body;
  BodyProducer stream;                         // when set, `body` is not sent
  std::optional<std::uint64_t> stream_length;  // sent as Content-Length when known
  // The memory that the producer holds until it ends, for example a body that it compresses piece by piece. Counted as
  // bytes that the client has not accepted (Limits::unsent_bytes_max).
  std::size_t stream_held_bytes = 0;
  // Fields after the body (RFC 9110 section 6.5), null: none. HTTP/2 sends them after every body; HTTP/1.1 after a
  // stream of unknown length, which it sends in chunks; otherwise they are dropped. The producer may fill them until it
  // returns.
  std::unique_ptr<ResponseHeaders> trailers;
  // When set, the connection leaves HTTP, and `status` and `body` are not sent: HTTP/1.1 sends 101 with the headers, of
  // which Upgrade must be one; HTTP/2 sends 200. Only for a request with a requested_tunnel().
  TunnelUser tunnel;

  void reset();
};

// Answers requests. `handle` may run many times concurrently, on several loops; the request and the response outlive
// the task. It must not throw: an exception ends the connection.
class Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  virtual ~Handler() = default;

  virtual Task<> handle(Request& request, Response& response) = 0;
  // Whether handle() must run as soon as the head has arrived, because both sides send concurrently (a gRPC stream, for
  // example). Called when the body has not arrived. Otherwise handle() runs after Limits::body_bytes_buffered_max of
  // the body, so that a slow client does not occupy a running request.
  [[nodiscard]] virtual bool reads_body_as_it_arrives(const Request& /*request*/) const { return false; }
  // Answers a message that never became a request (malformed, too large, too slow): the connection decides the status,
  // the handler fills the response's headers and body, for example with problem details. `request` contains what is
  // known: always the version and the peer; the valid fields that have arrived (Origin, X-Forwarded-For); the method
  // and the target only when the head was valid, that is, for a refused body. Do not read its body.
  virtual void reject(int status, const Error& error, const Request& request, Response& response) = 0;
};

}  // namespace ashlar::http
