// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/http/client/client.hpp"
#include "ashlar/http/client/egress_policy.hpp"
#include "ashlar/webhooks/errors.hpp"
#include "ashlar/webhooks/signing_key.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace ashlar::webhooks {

struct SenderOptions {
  std::chrono::milliseconds attempt_time_max{15'000};  // connecting, TLS, the request and its response
  http::EgressPolicy egress{};                         // where requests may go
  // http:// is for development; a host that the policy lists may be reached by it, too.
  enum class PlainHttp : unsigned char { refused, allowed } plain_http = PlainHttp::refused;
  std::size_t response_bytes_max = 64 * 1024;  // more fails the attempt; the body is not kept
  std::string ca_file{};                       // PEM: authorities that are trusted besides those of the system
  http::Resolver* resolver = nullptr;          // outlives the sender; null: the system's
};

struct OutgoingMessage {
  std::string url{};
  std::string id{};  // webhook-id: the same in every attempt
  std::string body{};
  std::vector<SigningKey> keys{};  // the first is the newest
};

// The outcome of one attempt.
struct AttemptOutcome {
  enum class Kind : unsigned char {
    delivered,  // 2xx
    failed,     // worth another attempt
    gone,       // 410: the receiver has unsubscribed
    refused,    // the egress policy or the URL forbids it; no connection was made
  } kind = Kind::failed;
  int status = 0;     // of the response; 0: none
  std::string error;  // a code, "http_client.timed_out", for the log of deliveries; empty with a status
  std::chrono::seconds retry_after{0};
  std::chrono::milliseconds took{0};
};

// Sends webhooks by Standard Webhooks 1.0. Redirects are not followed: a 3xx fails. The connection goes to the address
// that the policy checked, so a name that resolves differently a moment later cannot redirect it.
//
// Awaited on the loops of start(). The clock outlives it.
class Sender {
 public:
  Sender(SenderOptions options, const Clock& clock);
  ~Sender();  // it was closed, or never started
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // Before the loops have threads; close() when they have none, and no send() runs.
  void start(const std::vector<boost::asio::io_context*>& loops);
  void close();

  // Cancelled: throws operation_aborted.
  Task<AttemptOutcome> send(OutgoingMessage message);

  // Whether an endpoint may have this URL. Error webhook.url_refused. A name is not resolved: each attempt checks the
  // addresses that it leads to then.
  [[nodiscard]] Result<> check_url(std::string_view url) const;

 private:
  const SenderOptions options_;
  const Clock& clock_;
  std::unique_ptr<http::Client> client_;  // null: not started, or closed
};

}  // namespace ashlar::webhooks
