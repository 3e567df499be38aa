// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/http/headers.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// A request and its response as every version of HTTP knows them: nothing here belongs to HTTP/1.
namespace ashlar::http {

enum class Method : std::uint8_t { get, head, post, put, patch, remove, options, trace, connect, other };
[[nodiscard]] std::string_view to_string(Method method);  // "DELETE" for remove
[[nodiscard]] Method method_of(std::string_view name);    // case matters (RFC 9110 section 9.1)

enum class Version : std::uint8_t { http_1_0, http_1_1, http_2 };
enum class Scheme : std::uint8_t { http, https };

// The standard reason phrase; empty for a status that has none.
[[nodiscard]] std::string_view reason_of(int status);

// The body of a request, read once, front to back, from the loop that the request runs on. What the handler leaves
// unread is discarded by the connection (up to a limit, past which it closes).
class BodyReader {
 public:
  BodyReader() = default;
  BodyReader(const BodyReader&) = delete;
  BodyReader& operator=(const BodyReader&) = delete;
  virtual ~BodyReader() = default;

  // Whether there is content: at least one byte (RFC 9110 section 6.4). However the end is signalled, an empty body is
  // none: Content-Length: 0, a chunked body of zero bytes, an empty DATA frame with END_STREAM. True of a request with
  // `Expect: 100-continue` whose length is not known yet.
  [[nodiscard]] virtual bool present() const = 0;
  // From Content-Length, or as it turned out at the end; nullopt while it is known from neither.
  [[nodiscard]] virtual std::optional<std::uint64_t> length() const = 0;
  // The whole body, when it is here already and fits `bytes_max`: the usual case, without a suspension. The view lives
  // as long as the request. nullopt: use read_all.
  virtual std::optional<std::string_view> try_whole(std::size_t bytes_max) = 0;
  // The next piece, valid until the next call; empty at the end. Sends 100 Continue when it was asked for.
  // Errors: request.body_too_large, request.body_timeout, request.malformed_body.
  virtual Task<Result<std::string_view>> read() = 0;
  // Everything, kept by the reader as long as the request. Error request.body_too_large when it is over `bytes_max`.
  virtual Task<Result<std::string_view>> read_all(std::size_t bytes_max) = 0;
};

// A request. The views live until it is answered.
struct Request {
  Method method = Method::get;
  std::string_view method_name;  // as it was sent, for Method::other
  std::string_view target;       // as it was sent: "/api/users?page=2"
  std::string_view path;         // "/api/users", percent-encoded as it was sent
  std::string_view query;        // "page=2", without the question mark
  std::string_view authority;    // Host, or :authority
  Version version = Version::http_1_1;
  Scheme scheme = Scheme::http;
  std::string_view peer_address;  // textual IP address of the other end of the socket
  std::uint16_t peer_port = 0;
  // Subject of the client's TLS certificate, which was verified (RFC 4514: "CN=billing,O=Example"); empty: none.
  std::string_view client_certificate;
  RequestHeaders headers;
  BodyReader* body = nullptr;  // never null inside a handler

  // How long the handler may take to answer; the handler sets it when it knows. Zero: as long as it likes. Counted from
  // the head, and anew from each piece of the body that it waited for: a client's slowness has limits of its own. When
  // it has passed, the handler is cancelled: its wait ends with operation_aborted, and `late` is set; what it answers
  // then is sent. To a tenth of a second, never too early. A streamed answer is not counted.
  std::chrono::milliseconds time_max{0};
  bool late = false;
};

// Where a streamed response body goes. One write at a time.
class BodyWriter {
 public:
  BodyWriter() = default;
  BodyWriter(const BodyWriter&) = delete;
  BodyWriter& operator=(const BodyWriter&) = delete;
  virtual ~BodyWriter() = default;

  // Completes when the bytes were handed to the socket or may be reused; a slow reader suspends the caller here, so
  // memory stays bounded. Error connection.closed when the client has gone: stop producing.
  virtual Task<Result<>> write(std::string_view bytes) = 0;
};

// Produces a body piece by piece. It runs after the handler has returned, and is destroyed before the response is.
using BodyProducer = std::move_only_function<Task<Result<>>(BodyWriter&)>;

// A response, made by a handler and owned by the connection, which reuses its memory.
// HEAD needs no care: the connection sends the headers and drops the body.
struct Response {
  int status = 200;
  ResponseHeaders headers;
  std::string body;
  BodyProducer stream;                         // when set, `body` is not sent
  std::optional<std::uint64_t> stream_length;  // sent as Content-Length when it is known
  // What the producer keeps in memory until it has ended: a body that it compresses piece by piece, say. Counted as
  // bytes that the client has not taken (Limits::unsent_bytes_max).
  std::size_t stream_held_bytes = 0;

  void reset();
};

// What answers requests. `handle` may run many times at once, on several loops; the request and the response outlive
// the task. It must not throw: what it lets out ends the connection.
class Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  virtual ~Handler() = default;

  virtual Task<> handle(Request& request, Response& response) = 0;
  // Whether handle() is to run as soon as the head is there, because both sides send at once (a stream of gRPC, say).
  // Asked when the body has not arrived. Otherwise handle() runs after Limits::body_bytes_buffered_max of it, so that a
  // slow client holds no running request.
  [[nodiscard]] virtual bool reads_body_as_it_arrives(const Request& /*request*/) const { return false; }
  // A message that never became a request (malformed, too large, too slow): the connection decides the status, the
  // handler shapes the response's headers and body, as problem details, say. `request` has what is known of it: always
  // the version and the peer; of its fields, the valid ones that have arrived (Origin, X-Forwarded-For); the method and
  // the target only when the head was valid, so of a refused body. Its body is not to be read.
  virtual void reject(int status, const Error& error, const Request& request, Response& response) = 0;
};

}  // namespace ashlar::http
