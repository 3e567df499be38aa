// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/audit/sealer.hpp"
#include "ashlar/jobs/call.hpp"
#include "ashlar/jobs/table.hpp"

#include <chrono>
#include <string_view>

namespace ashlar::backend {

// Removes the audit entries that are older than AUDIT_RETENTION.
struct TrimAuditTrail {
  static constexpr std::string_view job_name = "trim-audit-trail";
};
ASHLAR_DESCRIBE(TrimAuditTrail)

// What the job works with. Everything outlives the job table.
struct AuditRetention {
  api::Units& units;
  audit::Sealer& sealer;
  std::chrono::milliseconds kept;
};

// In whole tiles of 256, so that up to 255 entries stay longer. The trail names the first entry that is kept.
Task<Result<>> trim_audit_trail(jobs::JobCall& call, TrimAuditTrail in, const AuditRetention& retention);

// Every night, where AUDIT_RETENTION is set.
void mount_audit_jobs(jobs::Table& table, const AuditRetention& retention);

}  // namespace ashlar::backend
