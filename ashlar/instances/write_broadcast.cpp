// SPDX-License-Identifier: Apache-2.0
#include "ashlar/instances/write_broadcast.hpp"

namespace ashlar::instances {

namespace {
using PeerWrites = sql::Replicas::PeerWrites;
}

WriteBroadcast::WriteBroadcast(redis::Clients& clients, const std::string& key_prefix, sql::Replicas& replicas,
                               Random& random)
    : broadcast_(clients, key_prefix + "wrote", random,
                 {.on_message =
                      [&replicas](std::string_view, std::string_view message) {
                        if (const auto account = Uuid::parse(message)) replicas.note_write(*account);
                      },
                  .on_subscribed = [&replicas] { replicas.set_peer_writes_visible(PeerWrites::visible); },
                  .on_lost = [&replicas] { replicas.set_peer_writes_visible(PeerWrites::not_visible); }}) {
  replicas.set_peer_writes_visible(PeerWrites::not_visible);
}

Task<bool> WriteBroadcast::announce(Uuid account) { co_return co_await broadcast_.publish(account.to_string()); }

}  // namespace ashlar::instances
