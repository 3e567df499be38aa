// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/revocation_broadcast.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace ashlar::backend {

using namespace std::chrono_literals;

namespace {

// An access token lives for a day at most, so nobody is made to remember anything for longer.
constexpr std::chrono::seconds remembered_max = 25h;

std::string text_of(const EndedSessions& ended) {
  std::string out = std::to_string(ended.until.milliseconds());
  for (const Uuid& id : ended.ids) out += ' ' + id.to_string();
  return out;
}

std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace

RevocationBroadcast::RevocationBroadcast(redis::Clients& clients, const std::string& key_prefix,
                                         auth::MemoryRevocations& revocations, const Clock& clock, Random& random,
                                         std::function<void()> on_subscribed)
    : revocations_(revocations),
      clock_(clock),
      broadcast_(clients, key_prefix + "revoked", random,
                 {.on_message = [this](std::string_view, std::string_view message) { heard(message); },
                  .on_subscribed = std::move(on_subscribed)}) {}

Task<bool> RevocationBroadcast::announce(EndedSessions ended) {
  if (ended.ids.empty()) co_return true;
  co_return co_await broadcast_.tell(text_of(ended));
}

// What is not of our making is passed over.
void RevocationBroadcast::heard(std::string_view message) {
  const auto until = number_of(take_word(message));
  if (!until || *until < 0 || *until > Timestamp::milliseconds_max) return;
  const Timestamp kept_until = std::min(Timestamp::from_milliseconds(*until), clock_.now() + remembered_max);
  while (!message.empty()) {
    if (const auto session = Uuid::parse(take_word(message))) revocations_.revoke_session(*session, kept_until);
  }
}

}  // namespace ashlar::backend
