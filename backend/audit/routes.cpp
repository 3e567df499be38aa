// SPDX-License-Identifier: Apache-2.0
#include "backend/audit/routes.hpp"

#include "backend/audit/get_audit_checkpoint.hpp"
#include "backend/audit/list_audit_entries.hpp"
#include "backend/audit/prove_audit_entry.hpp"

namespace ashlar::backend {

// clang-format off
void mount_audit(web::Routes& routes, sql::Database& database, audit::Sealer& sealer, const sql::Cursors& cursors) {
  routes.get("/api/admin/audit", list_audit_entries, database, sealer, cursors).permission("read:audit").heavy(is_heavy)
      .name("listAuditEntries").tag("Audit").summary("The audit trail: who did what, and when").fails_with(sql::errors::invalid_cursor);
  routes.get("/api/admin/audit/checkpoint", get_audit_checkpoint, database, sealer).permission("read:audit")
      .name("getAuditCheckpoint").tag("Audit").summary("The signed size and root of the audit trail");
  routes.get("/api/admin/audit/{id}/proof", prove_audit_entry, database, sealer).permission("read:audit")
      .name("proveAuditEntry").tag("Audit").summary("A proof that an entry is in the audit trail").fails_with(errors::audit_entry_not_found);
}
// clang-format on

}  // namespace ashlar::backend
