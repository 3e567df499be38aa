// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"

#include <cstdint>

// What can be taken out of the trail without breaking a proof. Both are units of work, leave an entry themselves, and
// see sealed entries alone: run Sealer::seal_all() before.
namespace ashlar::audit {

// Erases the personal data of an account: addresses and agents of its own actions, and the personal fields of rows that
// are about it. The entries, their commitments and their proofs stay. How many of these parts were erased; an entry can
// have two.
Task<Result<std::int64_t>> erase_personal_data(api::UnitOfWork& unit, Uuid account);

struct Trimmed {
  std::int64_t first_index = 0;  // of the leaves that are kept
  std::int64_t entries = 0;      // removed
};
// Retention: removes the entries before the first one that is as new as `keep_from`, in whole tiles of 256. The roots
// of their tiles stay, so the proofs of all other entries stay as well.
Task<Result<Trimmed>> trim(api::UnitOfWork& unit, Timestamp keep_from);

}  // namespace ashlar::audit
