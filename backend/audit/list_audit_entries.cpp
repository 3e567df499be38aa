// SPDX-License-Identifier: Apache-2.0
#include "backend/audit/list_audit_entries.hpp"

#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/audit/audit_entry_repository.hpp"
#include "backend/list_counts.hpp"
#include "backend/raw_statements.hpp"

#include <utility>

namespace ashlar::backend {

using audit::IndexRow;
using sql::col;

void ListAuditEntries::refine(schema::Refinement& out) const {
  if (from && to && *to <= *from) out.fault("to", schema::codes::too_small, "must be after from");
  if (resource_id && !resource) out.fault("resource", schema::codes::required, "is needed where there is a resourceId");
}

bool is_heavy(const ListAuditEntries& in) { return api::is_deep(in.page, in.limit); }

namespace {

sql::List<IndexRow> matching(const ListAuditEntries& wanted) {
  auto rows = sql::list<IndexRow>();
  rows.where_if(wanted.user_id, [](Uuid id) { return col<&IndexRow::actor_id> == id; })
      .where_if(wanted.action, [](const auto& action) { return col<&IndexRow::action> == action; })
      .where_if(wanted.resource, [](const auto& resource) { return col<&IndexRow::resource> == resource; })
      .where_if(wanted.resource_id, [](const auto& id) { return col<&IndexRow::resource_id> == id; })
      .where_if(wanted.from, [](Timestamp from) { return col<&IndexRow::at> >= from; })
      .where_if(wanted.to, [](Timestamp to) { return col<&IndexRow::at> < to; })
      .order_by(wanted.sort, sql::tie_break<&IndexRow::position>(wanted.sort));
  return rows;
}

bool has_filter(const ListAuditEntries& in) {
  return in.user_id || in.action || in.resource || in.resource_id || in.from || in.to;
}

}  // namespace

Task<Result<api::Page<AuditEntry>>> list_audit_entries(api::Call& call, ListAuditEntries in, sql::Database& database,
                                                       audit::Sealer& sealer, const sql::Cursors& cursors) {
  if (const auto sealed = co_await sealer.seal_all(); !sealed)
    call.log().warn("audit entries cannot be sealed", {{"cause", sealed.error().cause()}});
  if (in.cursor) {
    auto rows = co_await unwrap(
        matching(in).cursor_page<&IndexRow::position>(database, cursors, api::cursor_of(in.cursor), in.limit));
    sql::CursorPage<AuditEntry> page{.rows = {}, .next = std::move(rows.next), .previous = std::move(rows.previous)};
    page.rows = co_await unwrap(AuditEntryRepository(database).of(std::move(rows.rows)));
    co_return api::page_of(std::move(page), in.limit);
  }
  const auto list = matching(in);
  sql::Statement total{.sql = std::string(audit_entries_total.text())};
  auto read = has_filter(in) ? list.page_counted_to(database, in.page, in.limit, filtered_rows_counted_max)
                             : list.page_with_total(database, in.page, in.limit, std::move(total));
  auto rows = co_await unwrap(std::move(read));
  sql::ListPage<AuditEntry> page{.rows = {}, .total = rows.total, .kind = rows.kind};
  page.rows = co_await unwrap(AuditEntryRepository(database).of(std::move(rows.rows)));
  co_return api::page_of(std::move(page), in.page, in.limit);
}

}  // namespace ashlar::backend
