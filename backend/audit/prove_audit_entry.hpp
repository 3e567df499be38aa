// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/audit/sealer.hpp"
#include "backend/audit/audit_entry.hpp"

namespace ashlar::backend {

// Error audit.entry_not_found: there is no such entry, or retention has removed it.
Task<Result<AuditProof>> prove_audit_entry(api::Call& call, api::ById in, sql::Database& database,
                                           audit::Sealer& sealer);

}  // namespace ashlar::backend
