// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/events/carrier.hpp"
#include "ashlar/redis/script.hpp"

#include <cstdint>
#include <string>

namespace ashlar::redis {
class Clients;
}

namespace ashlar::events {

struct RedisCarrierOptions {
  std::string stream = "ashlar:events";  // the key
  std::int64_t length_max = 1'000'000;   // entries that the stream keeps, about (XADD MAXLEN ~)
};

// A Redis stream. Each event is an entry with the fields id, sequence, type, at, key, actor (JSON, empty for none) and
// data (JSON). A batch is added by one script, all or none. Redis keeps what its persistence keeps: with
// `appendfsync everysec` a crash of its machine loses up to a second of acknowledged events.
//
// Used on the loops that the clients were started with; they outlive it.
class RedisCarrier final : public Carrier {
 public:
  RedisCarrier(redis::Clients& clients, RedisCarrierOptions options);

  [[nodiscard]] std::string_view name() const override { return "redis"; }
  Task<Result<>> send(std::vector<Event> events) override;

 private:
  redis::Clients& clients_;
  const RedisCarrierOptions options_;
  const redis::Script add_;
};

}  // namespace ashlar::events
