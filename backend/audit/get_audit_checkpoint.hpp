// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/audit/sealer.hpp"
#include "backend/audit/audit_entry.hpp"

namespace ashlar::backend {

// The signed size and root of everything that is committed.
Task<Result<AuditCheckpoint>> get_audit_checkpoint(api::Call& call, sql::Database& database, audit::Sealer& sealer);

[[nodiscard]] Result<AuditCheckpoint> audit_checkpoint_of(audit::TreeRow tree, const audit::CheckpointVerifier& key);

}  // namespace ashlar::backend
