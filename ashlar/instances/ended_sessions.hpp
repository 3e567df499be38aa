// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"

#include <vector>

namespace ashlar::instances {

// Sessions that a transaction ended.
struct EndedSessions {
  std::vector<Uuid> ids;
  Timestamp until;  // when the last of their access tokens expires
};

}  // namespace ashlar::instances
