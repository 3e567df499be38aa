// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/erasure.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/audit/tree.hpp"
#include "ashlar/sql/query.hpp"

namespace ashlar::audit {

using sql::col;

namespace {

constexpr sql::RawSql erase_as_actor{
    "update audit_entries set actor_personal = null where actor_personal is not null and seq in "
    "(select seq from audit_index where actor_id = $1)"};
constexpr sql::RawSql erase_as_subject{
    "update audit_entries set subject_personal = null where subject_personal is not null and seq in "
    "(select seq from audit_index where subject_id = $1)"};
constexpr sql::RawSql first_kept{"select min(position) as position from audit_index where at >= $1"};
constexpr sql::RawSql remove_entries{
    "delete from audit_entries where seq in (select seq from audit_index where position < $1)"};

}  // namespace

Task<Result<std::int64_t>> erase_personal_data(api::UnitOfWork& unit, Uuid account) {
  const auto as_actor = co_await unwrap(sql::execute(unit, erase_as_actor, account));
  const auto as_subject = co_await unwrap(sql::execute(unit, erase_as_subject, account));
  const std::int64_t rows = as_actor.rows_affected + as_subject.rows_affected;
  record(unit, {.action = "erase",
                .resource = "user",
                .resource_id = account.to_string(),
                .changes = ChangedFields().add("auditEntries", "null", std::to_string(rows)).to_json()});
  co_return rows;
}

Task<Result<Trimmed>> trim(api::UnitOfWork& unit, Timestamp keep_from) {
  const auto tree =
      co_await unwrap(sql::from<TreeRow>().where(col<&TreeRow::name> == std::string("log")).for_update().one(unit));
  if (!tree) co_return fail(sql::errors::failed, "The audit trail has no tree.");
  const auto kept = co_await unwrap(sql::raw<Nullable<std::int64_t>>(first_kept, keep_from).one(unit));
  std::int64_t first = kept && *kept ? **kept : tree->size;
  first -= first % tile_width;
  if (first <= tree->first_index) co_return Trimmed{.first_index = tree->first_index, .entries = 0};
  co_await unwrap(sql::update<TreeRow>()
                      .set(col<&TreeRow::first_index> = first)
                      .where(col<&TreeRow::name> == tree->name)
                      .run(unit));
  const auto removed = co_await unwrap(sql::execute(unit, remove_entries, first));
  co_await unwrap(sql::erase<IndexRow>().where(col<&IndexRow::position> < first).run(unit));
  co_await unwrap(sql::erase<TileRow>()
                      .where(col<&TileRow::level> == std::int64_t{0} && col<&TileRow::position> < first / tile_width)
                      .run(unit));
  record(unit,
         {.action = "trim",
          .resource = "audit",
          .changes =
              ChangedFields().add("firstIndex", std::to_string(tree->first_index), std::to_string(first)).to_json()});
  co_return Trimmed{.first_index = first, .entries = removed.rows_affected};
}

}  // namespace ashlar::audit
