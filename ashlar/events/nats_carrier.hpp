// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/events/carrier.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace ashlar::events {

struct NatsCarrierOptions {
  // nats://[user:password@]host[:port], or tls://...; several servers of a cluster are separated by commas.
  std::string url{};
  std::string credentials_file{};                              // of the server's operator; empty: none
  std::string ca_file = "/etc/ssl/certs/ca-certificates.crt";  // PEM, for tls://
  std::string stream = "ASHLAR";          // made when it is absent; one that is there is left as it is
  std::string subject = "ashlar.events";  // an event has the subject <subject>.<type>
  std::int64_t length_max = 1'000'000;    // messages that a new stream keeps
  std::int64_t replicas = 1;              // of a new stream, in a cluster
  std::chrono::milliseconds connect_time_max{2'000};
  std::chrono::milliseconds ack_time_max{5'000};  // of a whole batch
};

// A NATS JetStream stream (nats-server 2.2 or later). A message is the envelope as JSON; its Nats-Msg-Id is the event's
// id, by which the server drops repetitions within two minutes. Messages of one batch are sent without waiting for each
// other; each expects the one before it to be the stream's last, so the server stores no event without those before it.
// No other program publishes to the stream.
//
// The client library blocks: it runs on a thread of the carrier's own. Safe from every loop. No send() runs when it is
// destroyed.
class NatsCarrier final : public Carrier {
 public:
  // Connects with the first send(). Throws std::invalid_argument when the URL is none: see check_nats_url().
  explicit NatsCarrier(NatsCarrierOptions options);
  ~NatsCarrier() override;

  [[nodiscard]] std::string_view name() const override { return "nats"; }
  Task<Result<>> send(std::vector<Event> events) override;

 private:
  struct Connection;
  struct Callbacks;
  Result<> send_blocking(const std::vector<Event>& events);

  const NatsCarrierOptions options_;
  std::unique_ptr<Callbacks> callbacks_;
  std::unique_ptr<Connection> connection_;  // used on the pool's thread; null: none
  async::BlockingPool pool_;                // of one thread; ends before the connection
};

namespace errors {
inline constexpr ErrorCode invalid_nats_url{ErrorKind::invalid, "events.invalid_nats_url"};
}  // namespace errors

// Error events.invalid_nats_url; its message shows nothing of the URL, since it may hold a password.
[[nodiscard]] Result<> check_nats_url(std::string_view url);

}  // namespace ashlar::events
