// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"

#include <vector>

namespace ashlar::backend {

// Sessions that a transaction has ended; handed to Sessions::revoke once it is committed.
struct EndedSessions {
  std::vector<Uuid> ids;
  Timestamp until;  // when the last of their access tokens expires
};

}  // namespace ashlar::backend
