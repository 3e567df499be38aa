// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/http/client/client_errors.hpp"
#include "ashlar/http/client/client_fields.hpp"
#include "ashlar/http/client/egress_policy.hpp"
#include "ashlar/http/client/request_url.hpp"
#include "ashlar/http/client/resolver.hpp"
#include "ashlar/http/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// An HTTP/1.1 client (RFC 9110, RFC 9112) for requests to other systems: webhooks, identity providers, payments.
//
//   http::Client client({&loop}, {});
//   auto response = co_await client.send({.url = "https://api.example.com/items"}, 5s);
//   if (response && response->status == 200) use(response->body);
//
// - Every address is checked by the request's EgressPolicy, and the connection goes to the checked address: the host is
//   not resolved a second time. The default policy allows public addresses only.
// - TLS 1.2 or 1.3; certificate and host name are always verified. There is no option to turn that off.
// - Redirects are followed only up to redirects_max. Proxy settings of the environment (HTTP_PROXY) are ignored.
// - Bodies are complete, bounded and unmodified: no content coding is requested or decoded.
namespace ashlar::http {

// Limits apply per loop unless stated otherwise.
struct ClientOptions {
  std::string ca_file{};  // PEM: CAs that are trusted in addition to the system's
  std::string user_agent = "ashlar";

  std::chrono::milliseconds request_time_max{30'000};  // of send() without its own deadline
  std::chrono::milliseconds connect_time_max{3'000};   // per address; then the host's next address is tried
  // A connection that is unused for this long is closed; one second before the server's "Keep-Alive: timeout=" if that
  // is earlier.
  std::chrono::milliseconds idle_time_max{30'000};

  std::size_t requests_max = 1'024;                  // running and waiting; a further one is http_client.overloaded
  std::size_t connections_per_host_max = 32;         // per origin and policy; further requests wait in order
  std::size_t idle_connections_max = 64;             // of all origins; the least recently used one is closed
  std::size_t addresses_max = 8;                     // that are tried per host
  std::size_t response_head_bytes_max = 65'536;      // per head
  std::size_t response_fields_max = 128;             // per head
  std::size_t interim_responses_max = 8;             // 1xx heads before the response
  std::size_t response_body_bytes_max = 10'485'760;  // a request may set a different limit
  std::size_t chunk_extension_bytes_max = 4'096;     // total chunk extensions of a response; they are skipped
  std::size_t trailer_bytes_max = 8'192;             // total trailer fields of a response; they are discarded

  Resolver* resolver = nullptr;  // outlives the client; null: a SystemResolver owned by the client
  const Clock* clock = nullptr;  // outlives the client; null: the system's. For certificates and idle times
};

// Whether a request may be sent once more when its kept connection closes before any byte of the response.
enum class Repeat : std::uint8_t {
  by_method,  // GET, HEAD, OPTIONS, PUT and DELETE (RFC 9110 section 9.2.2)
  allowed,    // any: the receiver recognises a repetition, for example by an Idempotency-Key
};

struct ClientRequest {
  Method method = Method::get;  // not CONNECT, TRACE or other
  std::string url{};            // see RequestUrl
  ClientFields fields{};
  std::string body{};
  EgressPolicy egress{};  // of every hop
  Repeat repeat = Repeat::by_method;
  // How many redirects are followed (301, 302, 303, 307, 308); 0: a redirect is an ordinary response. A redirect to
  // another origin keeps only these fields: Accept, Accept-Language, Content-Type, Content-Language, User-Agent.
  // http_client.redirect_refused: more than redirects_max, from https to http, with a body to another origin, or with a
  // Location that is not a URL.
  std::size_t redirects_max = 0;
  std::optional<std::size_t> response_body_bytes_max{};  // instead of the client's
};

struct ClientResponse {
  int status = 0;
  ReceivedFields fields{};
  std::string body{};
  std::string url{};  // of the response: differs from the request's after a redirect
};

// Statistics of a client since its construction. From any thread.
struct ClientFigures {
  std::uint64_t requests = 0;          // sends that were started
  std::uint64_t failed = 0;            // of those, ended with an error
  std::uint64_t connects = 0;          // connection attempts, one per address
  std::uint64_t reused = 0;            // requests on a connection that had served another one
  std::uint64_t retried = 0;           // requests sent again because their kept connection had closed
  std::uint64_t idle_connections = 0;  // now
};

// Usable on all its loops concurrently; each loop has its own connections, so that a request never waits for another
// loop. Destroyed or closed before the loops, when no send() runs.
//
// Do not share a client between URLs that come from users and the operator's own systems: slow name servers would delay
// the look-ups of both.
class Client {
 public:
  // Throws std::invalid_argument when ca_file cannot be used.
  Client(std::vector<boost::asio::io_context*> loops, ClientOptions options);
  // For loops that are created after the client: each joins with its first send(), which takes a lock for that.
  explicit Client(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Awaited on one of the loops; throws std::logic_error on another. The deadline, by the client's clock, covers
  // waiting for a connection, resolving, connecting, TLS, writing and reading, over all redirects. At most 24 hours.
  //
  // Errors: see client_errors.hpp. A response of any status is a response, not an error. When a kept connection turns
  // out to be closed before any byte of the response, a request is sent once more on a new one if its Repeat allows
  // that; nothing else is ever sent twice. Cancellation closes the connection and throws operation_aborted.
  [[nodiscard]] Task<Result<ClientResponse>> send(ClientRequest request, Clock::Steady deadline);
  [[nodiscard]] Task<Result<ClientResponse>> send(ClientRequest request, std::chrono::milliseconds time_max);
  [[nodiscard]] Task<Result<ClientResponse>> send(ClientRequest request);  // request_time_max

  [[nodiscard]] ClientFigures figures() const;

  // Closes the kept connections and leaves the loops, for a client that outlives them. Call it when the loops have
  // ended, or on their only thread, while no send() runs. Resets figures().
  void close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ashlar::http
