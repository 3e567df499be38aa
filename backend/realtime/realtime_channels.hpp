// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/events/event.hpp"
#include "ashlar/realtime/channels.hpp"
#include "ashlar/sql/database.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ashlar::backend {

inline constexpr std::string_view admin_jobs_channel = "admin:jobs";
inline constexpr std::string_view admin_audit_channel = "admin:audit";

// The channels of the backend. What it is given outlives them.
void add_realtime_channels(realtime::Channels& channels, sql::Database& database);

// The topics that an event of the outbox goes to; none for most.
[[nodiscard]] std::vector<std::string> realtime_topics(const events::Event& event);

}  // namespace ashlar::backend
