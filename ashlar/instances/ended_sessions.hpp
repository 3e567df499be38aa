// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"

#include <vector>

namespace ashlar::instances {

// Sessions that a transaction ended. RevocationBroadcast::announce() takes them once it is committed.
struct EndedSessions {
  std::vector<Uuid> ids;
  Timestamp until;  // no access token of theirs lasts longer
};

}  // namespace ashlar::instances
