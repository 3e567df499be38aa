// SPDX-License-Identifier: Apache-2.0
#include "ashlar/instances/write_broadcast.hpp"

namespace ashlar::instances {

namespace {
using Others = sql::Replicas::Others;
}

WriteBroadcast::WriteBroadcast(redis::Clients& clients, const std::string& key_prefix, sql::Replicas& replicas,
                               Random& random)
    : broadcast_(clients, key_prefix + "wrote", random,
                 {.on_message =
                      [&replicas](std::string_view, std::string_view message) {
                        if (const auto account = Uuid::parse(message)) replicas.note_write(*account);
                      },
                  .on_subscribed = [&replicas] { replicas.hear_others(Others::heard); },
                  .on_lost = [&replicas] { replicas.hear_others(Others::not_heard); }}) {
  replicas.hear_others(Others::not_heard);
}

Task<bool> WriteBroadcast::announce(Uuid account) { co_return co_await broadcast_.tell(account.to_string()); }

}  // namespace ashlar::instances
