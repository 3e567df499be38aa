// SPDX-License-Identifier: Apache-2.0
#include "backend/realtime/realtime_settings.hpp"

#include "ashlar/config/environment.hpp"

#include <array>

namespace ashlar::backend {

RealtimeSettings read_realtime_settings(config::Environment& env) {
  using namespace std::chrono_literals;
  static constexpr std::array<std::string_view, 2> on_off{"on", "off"};
  const auto size = [&env](const char* name, std::size_t fallback, std::int64_t min, std::int64_t max) {
    return static_cast<std::size_t>(env.integer(name, static_cast<std::int64_t>(fallback), min, max));
  };
  RealtimeSettings out;
  if (env.one_of("REALTIME", "on", on_off) == "off") out.is = RealtimeSettings::Is::off;
  out.message_bytes_max = size("REALTIME_MESSAGE_BYTES_MAX", out.message_bytes_max, 1024, 16 * 1024 * 1024);
  out.queue_bytes_max = size("REALTIME_QUEUE_BYTES_MAX", out.queue_bytes_max, 16 * 1024, 1024 * 1024 * 1024);
  out.history_bytes_max = size("REALTIME_HISTORY_BYTES_MAX", out.history_bytes_max, 0, std::int64_t{1} << 40);
  out.channels_per_client_max = size("REALTIME_CHANNELS_MAX", out.channels_per_client_max, 1, 10'000);
  out.clients_per_account_max = size("REALTIME_CLIENTS_PER_ACCOUNT_MAX", out.clients_per_account_max, 1, 1'000'000);
  out.reconnect_spread = env.duration("REALTIME_RECONNECT_SPREAD", out.reconnect_spread, 0ms, 10min);
  return out;
}

}  // namespace ashlar::backend
