// SPDX-License-Identifier: Apache-2.0
#include "backend/audit/audit_entry_repository.hpp"

#include "ashlar/sql/query.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::backend {

using audit::EntryRow;
using audit::IndexRow;
using sql::col;

Task<Result<std::vector<AuditEntry>>> AuditEntryRepository::of(std::vector<IndexRow> rows) {
  std::vector<AuditEntry> out;
  if (rows.empty()) co_return out;
  std::vector<std::int64_t> seqs;
  for (const IndexRow& row : rows) seqs.push_back(row.seq);
  auto entries = co_await unwrap(sql::from<EntryRow>().where(col<&EntryRow::seq>.in(seqs)).all(in_));
  std::ranges::sort(entries, {}, &EntryRow::seq);
  for (const IndexRow& row : rows) {
    const auto found = std::ranges::lower_bound(entries, row.seq, {}, &EntryRow::seq);
    if (found == entries.end() || found->seq != row.seq) continue;
    AuditEntry entry = co_await unwrap(audit_entry_of(std::move(*found), row.position));
    entry.commitments.reset();
    out.push_back(std::move(entry));
  }
  co_return out;
}

Task<Result<std::vector<IndexRow>>> AuditEntryRepository::index_after(std::int64_t position, std::int64_t count_max) {
  co_return co_await sql::from<IndexRow>()
      .where(col<&IndexRow::position> > position)
      .order_by(sql::asc<&IndexRow::position>)
      .limit(count_max)
      .all(in_);
}

Task<Result<std::int64_t>> AuditEntryRepository::last_position() {
  const auto last = co_await unwrap(sql::from<IndexRow>().order_by(sql::desc<&IndexRow::position>).limit(1).one(in_));
  co_return last ? last->position : -1;
}

}  // namespace ashlar::backend
