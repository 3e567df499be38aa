// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/audit/sealer.hpp"
#include "ashlar/sql/sort.hpp"
#include "backend/audit/audit_entry.hpp"

#include <optional>

namespace ashlar::backend {

struct ListAuditEntries {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<audit::IndexRow, &audit::IndexRow::at> sort;
  std::optional<api::PageCursor> cursor;
  std::optional<Uuid> user_id;  // whose actions: by the account itself, or by one of its API keys
  std::optional<Line<1, 64>> action;
  std::optional<Line<1, 64>> resource;
  std::optional<Line<1, 200>> resource_id;  // with `resource`: the trail of one object
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;  // before this moment

  void refine(schema::Refinement& out) const;
};
ASHLAR_DESCRIBE(ListAuditEntries, page, limit, sort, cursor, user_id, action, resource, resource_id, from, to)

[[nodiscard]] bool is_heavy(const ListAuditEntries& in);

// Seals what is committed first, so that a caller finds the entries of its own requests.
Task<Result<api::Page<AuditEntry>>> list_audit_entries(api::Call& call, ListAuditEntries in, sql::Database& database,
                                                       audit::Sealer& sealer, const sql::Cursors& cursors);

}  // namespace ashlar::backend
