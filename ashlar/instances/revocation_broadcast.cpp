// SPDX-License-Identifier: Apache-2.0
#include "ashlar/instances/revocation_broadcast.hpp"

#include "ashlar/core/parse.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace ashlar::instances {

using namespace std::chrono_literals;

namespace {

// An access token lives for a day at most, so no message can occupy memory for longer.
constexpr std::chrono::seconds remembered_max = 25h;

std::string text_of(const EndedSessions& ended) {
  std::string out = std::to_string(ended.until.milliseconds());
  for (const Uuid& id : ended.ids) out += ' ' + id.to_string();
  return out;
}

}  // namespace

RevocationBroadcast::RevocationBroadcast(redis::Clients& clients, const std::string& key_prefix,
                                         auth::MemoryRevocations& revocations, const Clock& clock, Random& random,
                                         std::function<void()> on_subscribed)
    : revocations_(revocations),
      clock_(clock),
      broadcast_(clients, key_prefix + "revoked", random,
                 {.on_message = [this](std::string_view, std::string_view message) { receive(message); },
                  .on_subscribed = std::move(on_subscribed)}) {}

Task<bool> RevocationBroadcast::announce(EndedSessions ended) {
  if (ended.ids.empty()) co_return true;
  co_return co_await broadcast_.publish(text_of(ended));
}

// Skips messages that announce() did not write.
void RevocationBroadcast::receive(std::string_view message) {
  const auto until = parse_integer<std::int64_t>(take_word(message));
  if (!until || *until < 0 || *until > Timestamp::milliseconds_max) return;
  const Timestamp kept_until = std::min(Timestamp::from_milliseconds(*until), clock_.now() + remembered_max);
  while (!message.empty()) {
    if (const auto session = Uuid::parse(take_word(message))) revocations_.revoke_session(*session, kept_until);
  }
}

}  // namespace ashlar::instances
