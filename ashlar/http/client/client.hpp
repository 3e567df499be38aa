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
// - Every address is checked by the request's EgressPolicy, and the address that was checked is the one that is
// dialled:
//   the host is not resolved a second time. The default policy allows public addresses only.
// - TLS 1.2 or 1.3; certificate and host name are always verified. There is no option to turn that off.
// - Redirects are followed only where redirects_max says so. Proxies of the environment (HTTP_PROXY) are ignored.
// - Bodies are whole, bounded, and as they were sent: no content coding is asked for or decoded.
namespace ashlar::http {

// Limits are of one loop where nothing else is said.
struct ClientOptions {
  std::string ca_file{};  // PEM: authorities that are trusted besides those of the system
  std::string user_agent = "ashlar";

  std::chrono::milliseconds request_time_max{30'000};  // of send() without a deadline of its own
  std::chrono::milliseconds connect_time_max{3'000};   // of one address; then the host's next address is tried
  // A connection that is unused for so long is closed; one second before the server's "Keep-Alive: timeout=" if that is
  // sooner.
  std::chrono::milliseconds idle_time_max{30'000};

  std::size_t requests_max = 1'024;                  // running and waiting; one more is http_client.overloaded
  std::size_t connections_per_host_max = 32;         // of one origin and policy; more requests wait in order
  std::size_t idle_connections_max = 64;             // of all origins; the one that was unused longest is closed
  std::size_t addresses_max = 8;                     // of one host that are tried
  std::size_t response_head_bytes_max = 65'536;      // of one head
  std::size_t response_fields_max = 128;             // of one head
  std::size_t interim_responses_max = 8;             // 1xx heads before the response
  std::size_t response_body_bytes_max = 10'485'760;  // a request may set another
  std::size_t chunk_extension_bytes_max = 4'096;     // of all chunk extensions of a response; they are skipped
  std::size_t trailer_bytes_max = 8'192;             // of all trailer fields of a response; they are discarded

  Resolver* resolver = nullptr;  // outlives the client; null: a SystemResolver of the client's own
  const Clock* clock = nullptr;  // outlives the client; null: the system's. Certificates and idle times go by it
};

struct ClientRequest {
  Method method = Method::get;  // not CONNECT, TRACE or other
  std::string url{};            // see RequestUrl
  ClientFields fields{};
  std::string body{};
  EgressPolicy egress{};  // of every hop
  // How many redirects are followed (301, 302, 303, 307, 308); 0: a redirect is a response like any other. A redirect
  // to another origin takes only these fields along: Accept, Accept-Language, Content-Type, Content-Language,
  // User-Agent. http_client.redirect_refused: one too many, one from https to http, one that would take a body to
  // another origin, or one whose Location is no URL.
  std::size_t redirects_max = 0;
  std::optional<std::size_t> response_body_bytes_max{};  // instead of the client's
};

struct ClientResponse {
  int status = 0;
  ReceivedFields fields{};
  std::string body{};
  std::string url{};  // that answered: another than the request's after a redirect
};

// What a client has done since it was made. From any thread.
struct ClientFigures {
  std::uint64_t requests = 0;          // sends that began
  std::uint64_t failed = 0;            // of those, ended with an error
  std::uint64_t connects = 0;          // addresses dialled
  std::uint64_t reused = 0;            // requests on a connection that had served another
  std::uint64_t retried = 0;           // requests sent again, since their kept connection had closed
  std::uint64_t idle_connections = 0;  // now
};

// Usable from all its loops at once; each has connections of its own, so that a request waits for no other loop.
// Destroyed or closed before the loops, when no send() runs.
//
// A client whose URLs come from users is better not the one that calls the operator's own systems: slow name servers
// would hold up the lookups of both.
class Client {
 public:
  // Throws std::invalid_argument when ca_file cannot be used.
  Client(std::vector<boost::asio::io_context*> loops, ClientOptions options);
  // For loops that are made after the client: each joins with its first send(), which takes a lock for that.
  explicit Client(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Awaited on one of the loops; throws std::logic_error on another. The deadline, of the client's clock, covers
  // waiting for a connection, resolving, connecting, TLS, writing and reading, over all redirects. At most 24 hours.
  //
  // Errors, see client_errors.hpp. A response of any status is a response, not an error. On a kept connection that
  // turns out to be closed, before any byte of a response, GET, HEAD, OPTIONS, PUT and DELETE are sent once more on a
  // new one; nothing else is ever sent twice. Cancelled: closes the connection and throws operation_aborted.
  [[nodiscard]] Task<Result<ClientResponse>> send(ClientRequest request, Clock::Steady deadline);
  [[nodiscard]] Task<Result<ClientResponse>> send(ClientRequest request, std::chrono::milliseconds time_max);
  [[nodiscard]] Task<Result<ClientResponse>> send(ClientRequest request);  // request_time_max

  [[nodiscard]] ClientFigures figures() const;

  // Closes the connections that are kept and leaves the loops, for a client that outlives them. From a thread that may
  // touch the loops: when they have ended, or on their only thread. No send() runs; figures() begin anew.
  void close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ashlar::http
