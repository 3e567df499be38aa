// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/events/event.hpp"
#include "backend/users/user.hpp"

namespace ashlar::backend {

// Their key is the account's id.
inline constexpr events::EventType<User> user_registered{"user.registered"};
inline constexpr events::EventType<User> user_updated{"user.updated"};  // its data are those after the change
inline constexpr events::EventType<events::Removed> user_deleted{"user.deleted"};

}  // namespace ashlar::backend
