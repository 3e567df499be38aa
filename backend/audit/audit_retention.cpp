// SPDX-License-Identifier: Apache-2.0
#include "backend/audit/audit_retention.hpp"

#include "ashlar/audit/erasure.hpp"

namespace ashlar::backend {

using namespace std::chrono_literals;

Task<Result<>> trim_audit_trail(jobs::JobCall& call, TrimAuditTrail, const AuditRetention& retention) {
  co_await unwrap(retention.sealer.seal_all());
  co_await unwrap(retention.units.run(call, &audit::trim, call.now() - retention.kept));
  co_return Result<>{};
}

void mount_audit_jobs(jobs::Table& table, const AuditRetention& retention) {
  if (retention.kept == 0ms) return;
  table.add<TrimAuditTrail>(trim_audit_trail, retention)
      .attempts(5)
      .timeout(30min)
      .summary("Remove audit entries that are older than AUDIT_RETENTION");
  table.every("43 2 * * *", "UTC", TrimAuditTrail{}).missed(jobs::Schedule::Missed::latest_runs);
}

}  // namespace ashlar::backend
