// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/events/event.hpp"
#include "ashlar/realtime/channels.hpp"
#include "ashlar/sql/database.hpp"

#include <string>
#include <vector>

namespace ashlar::backend {

// The channels of the backend. What it is given outlives them.
void add_realtime_channels(realtime::Channels& channels, sql::Database& database);

// The topics that an event of the outbox goes to; none for most.
[[nodiscard]] std::vector<std::string> realtime_topics(const events::Event& event);

}  // namespace ashlar::backend
