// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ashlar::config {
class Environment;
}

namespace ashlar::backend {

// The settings REALTIME_*.
struct RealtimeSettings {
  enum class Is : std::uint8_t { off, on } is = Is::on;
  std::size_t message_bytes_max = 64 * 1024;  // of a client
  std::size_t queue_bytes_max = 1024 * 1024;  // that wait for a slow client
  std::size_t history_bytes_max = 64 * 1024 * 1024;
  std::size_t channels_per_client_max = 100;
  std::size_t clients_per_account_max = 100;  // on this instance
  std::chrono::milliseconds reconnect_spread{10'000};
};
[[nodiscard]] RealtimeSettings read_realtime_settings(config::Environment& env);

}  // namespace ashlar::backend
