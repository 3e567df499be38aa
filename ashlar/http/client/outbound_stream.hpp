// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/http/client/client_errors.hpp"
#include "ashlar/http/client/egress_policy.hpp"
#include "ashlar/http/client/resolver.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

// TCP connections to other systems for protocols other than HTTP (SMTP), with the HTTP client's egress policy, name
// resolution and TLS verification.
namespace ashlar::http {

// One connection, plain or under TLS. Belongs to the loop that it was made on, and is used by one coroutine at a time.
// Destroying it closes the connection. A task that is cancelled throws operation_aborted; the connection is not to be
// used any more then. Neither is it after an error.
class OutboundStream {
 public:
  OutboundStream() = default;
  OutboundStream(const OutboundStream&) = delete;
  OutboundStream& operator=(const OutboundStream&) = delete;
  virtual ~OutboundStream() = default;

  // The TLS handshake. The peer's certificate must be valid for the host that was connected to; nothing turns that
  // off. The caller must not hold plain bytes that it has not processed. Error http_client.tls_failed.
  virtual Task<Result<>> start_tls() = 0;
  // All of it; the bytes outlive the task. Error http_client.connection_lost.
  virtual Task<Result<>> write(std::string_view bytes) = 0;
  // At least one byte, into memory that outlives the task. Error http_client.connection_lost, also at the peer's
  // orderly end.
  virtual Task<Result<std::size_t>> read_some(std::span<char> room) = 0;
  // Whether the peer has closed, or has sent something: after a pause, when nothing was to come, the connection is no
  // longer usable then.
  [[nodiscard]] virtual bool has_input_or_end() = 0;
};

struct OutboundConnectorOptions {
  std::string ca_file{};                              // PEM: authorities that are trusted besides those of the system
  std::chrono::milliseconds connect_time_max{5'000};  // of one address; then the host's next address is tried
  std::size_t addresses_max = 8;                      // of one host that are tried

  Resolver* resolver = nullptr;  // outlives the connector; null: a SystemResolver of the connector's own
  const Clock* clock = nullptr;  // outlives the connector; null: the system's. Certificates are verified by it
};

// Makes connections. Usable from every loop at once; outlives its streams.
class OutboundConnector {
 public:
  // Throws std::invalid_argument when ca_file cannot be used.
  explicit OutboundConnector(OutboundConnectorOptions options);
  ~OutboundConnector();
  OutboundConnector(const OutboundConnector&) = delete;
  OutboundConnector& operator=(const OutboundConnector&) = delete;

  // A plain connection. `host` is a DNS name or an address, without brackets. Errors: http_client.invalid_url,
  // .unresolved, .overloaded, .refused_by_policy, .unreachable. Cancelled: throws operation_aborted.
  [[nodiscard]] Task<Result<std::unique_ptr<OutboundStream>>> connect(std::string host, std::uint16_t port,
                                                                      EgressPolicy egress);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::http
