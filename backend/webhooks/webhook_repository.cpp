// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/webhook_repository.hpp"

#include "ashlar/audit/changes.hpp"
#include "ashlar/audit/record.hpp"
#include "ashlar/sql/list.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/list_counts.hpp"
#include "backend/raw_statements.hpp"

#include <chrono>
#include <utility>

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::from;

namespace {

constexpr std::chrono::minutes success_resolution{
    1};  // of last_success_at: a write for each delivery would be too much

}  // namespace

Task<Result<std::optional<WebhookEndpointRow>>> WebhookRepository::find_endpoint(Uuid id) {
  return sql::find<&WebhookEndpointRow::id>(id).one(in_);
}

Task<Result<api::Page<WebhookEndpoint>>> WebhookRepository::list_endpoints(ListWebhookEndpoints wanted,
                                                                           const sql::Cursors& cursors) {
  auto rows = sql::list<WebhookEndpointRow, WebhookEndpoint>();
  rows.order_by(wanted.sort, sql::tie_break<&WebhookEndpointRow::id>(wanted.sort));
  if (wanted.cursor) {
    auto page = co_await unwrap(
        rows.cursor_page<&WebhookEndpointRow::id>(in_, cursors, api::cursor_of(wanted.cursor), wanted.limit));
    co_return api::page_of(std::move(page), wanted.limit);
  }
  auto page = co_await unwrap(rows.page_counted_to(in_, wanted.page, wanted.limit, filtered_rows_counted_max));
  co_return api::page_of(std::move(page), wanted.page, wanted.limit);
}

Task<Result<std::vector<WebhookEndpointRow>>> WebhookRepository::enabled_endpoints() {
  return from<WebhookEndpointRow>()
      .where(col<&WebhookEndpointRow::disabled_at>.is_null())
      .order_by(asc<&WebhookEndpointRow::id>)
      .all(in_);
}

Task<Result<std::vector<WebhookEndpointRow>>> WebhookRepository::all_endpoints() {
  return from<WebhookEndpointRow>()
      .order_by(asc<&WebhookEndpointRow::created_at>, asc<&WebhookEndpointRow::id>)
      .all(in_);
}

Task<Result<std::vector<DeliveryCount>>> WebhookRepository::delivery_counts() { return count_of_deliveries().all(in_); }

Task<Result<api::Page<WebhookDelivery>>> WebhookRepository::list_deliveries(ListWebhookDeliveries wanted,
                                                                            const sql::Cursors& cursors) {
  auto rows = sql::list<WebhookDeliveryRow, WebhookDelivery>();
  rows.where_if(wanted.endpoint_id, [](const Uuid& id) { return col<&WebhookDeliveryRow::endpoint_id> == id; })
      .where_if(wanted.status, [](DeliveryStatus status) { return col<&WebhookDeliveryRow::status> == status; })
      .order_by(wanted.sort, sql::tie_break<&WebhookDeliveryRow::id>(wanted.sort));
  if (wanted.cursor) {
    auto page = co_await unwrap(
        rows.cursor_page<&WebhookDeliveryRow::id>(in_, cursors, api::cursor_of(wanted.cursor), wanted.limit));
    co_return api::page_of(std::move(page), wanted.limit);
  }
  auto page = co_await unwrap(rows.page_counted_to(in_, wanted.page, wanted.limit, filtered_rows_counted_max));
  co_return api::page_of(std::move(page), wanted.page, wanted.limit);
}

Task<Result<std::optional<DueDelivery>>> WebhookRepository::find_due(Uuid delivery) {
  auto row = co_await unwrap(sql::find<&WebhookDeliveryRow::id>(delivery).one(in_));
  if (!row || row->status != DeliveryStatus::pending) co_return std::nullopt;
  auto endpoint = co_await unwrap(find_endpoint(row->endpoint_id));
  if (!endpoint) co_return std::nullopt;
  co_return DueDelivery{.delivery = std::move(*row), .endpoint = std::move(*endpoint)};
}

Task<Result<std::optional<Timestamp>>> WebhookRepository::next_due_at() {
  const auto row = co_await unwrap(from<WebhookDeliveryRow>()
                                       .where(col<&WebhookDeliveryRow::status> == DeliveryStatus::pending)
                                       .order_by(sql::asc<&WebhookDeliveryRow::due_at>)
                                       .limit(1)
                                       .one(in_));
  if (!row) co_return std::nullopt;
  co_return row->due_at;
}

namespace {

constexpr std::string_view endpoint_resource = "webhook_endpoint";

// Who may receive the events of all accounts, and where, is for auditors. The secret is not.
void record(api::UnitOfWork& unit, std::string_view action, const WebhookEndpointRow& row) {
  audit::ChangedFields fields;
  fields.add_after("url", row.url).add_after("state", row.disabled_at ? "disabled" : "enabled");
  audit::record(unit, {.action = action,
                       .resource = endpoint_resource,
                       .resource_id = row.id.to_string(),
                       .changes = fields.to_json()});
}

}  // namespace

Task<Result<>> WebhookRepository::create_endpoint(api::UnitOfWork& unit, WebhookEndpointRow row,
                                                  std::int64_t endpoints_max) {
  // Two that are created at the same time may exceed the bound by one: it protects the fan-out, and is not exact.
  const auto count = co_await unwrap(from<WebhookEndpointRow>().count(unit));
  if (count >= endpoints_max)
    co_return fail(errors::too_many_webhook_endpoints, "There are too many webhook endpoints: remove one first.");
  co_await unwrap(sql::insert(row).run(unit));
  record(unit, "create", row);
  co_return Result<>{};
}

Task<Result<WebhookEndpointRow>> WebhookRepository::lock_endpoint(api::UnitOfWork& unit, Uuid id) {
  co_return required(
      co_await from<WebhookEndpointRow>().where(col<&WebhookEndpointRow::id> == id).for_update().one(unit),
      errors::webhook_endpoint_not_found, "There is no such webhook endpoint.");
}

Task<Result<>> WebhookRepository::replace_endpoint(api::UnitOfWork& unit, WebhookEndpointRow row, Change change) {
  co_await unwrap(sql::insert(row).on_conflict<&WebhookEndpointRow::id>().replace_all().run(unit));
  record(unit, change == Change::secret ? "rotate_secret" : "update", row);
  co_return Result<>{};
}

Task<Result<bool>> WebhookRepository::remove_endpoint(api::UnitOfWork& unit, Uuid id) {
  const auto removed =
      co_await unwrap(sql::erase<WebhookEndpointRow>().where(col<&WebhookEndpointRow::id> == id).run(unit));
  if (removed.rows_affected > 0)
    audit::record(unit, {.action = "delete", .resource = endpoint_resource, .resource_id = id.to_string()});
  co_return removed.rows_affected > 0;
}

Task<Result<std::vector<Uuid>>> WebhookRepository::claim(api::UnitOfWork& unit, Claim claim) {
  const bool postgres = unit.dialect() == sql::Dialect::postgres;
  const auto& statement = postgres ? claim_deliveries_on_postgres : claim_deliveries_on_sqlite;
  co_return co_await statement(claim.now, claim.due_again_at, claim.deliveries_max, claim.busy).writing().all(unit);
}

Task<Result<>> WebhookRepository::defer(api::UnitOfWork& unit, Uuid id, Timestamp due_at) {
  co_await unwrap(
      sql::update<WebhookDeliveryRow>()
          .set(col<&WebhookDeliveryRow::due_at> = due_at)
          .where(col<&WebhookDeliveryRow::id> == id && col<&WebhookDeliveryRow::status> == DeliveryStatus::pending)
          .run(unit));
  co_return Result<>{};
}

Task<Result<>> WebhookRepository::create_deliveries(api::UnitOfWork& unit, std::vector<WebhookDeliveryRow> rows) {
  if (!rows.empty()) co_await unwrap(sql::insert_many(rows).run(unit));
  co_return Result<>{};
}

Task<Result<bool>> WebhookRepository::record_attempt(api::UnitOfWork& unit, AttemptRecord record) {
  auto row = co_await unwrap(
      from<WebhookDeliveryRow>().where(col<&WebhookDeliveryRow::id> == record.delivery).for_update().one(unit));
  if (!row || row->round != record.round || row->status != DeliveryStatus::pending) co_return false;
  row->attempts.push_back(std::move(record.attempt));
  if (row->attempts.size() > attempts_kept_max) row->attempts.erase(row->attempts.begin());
  const Timestamp now = unit.call().now();
  co_await unwrap(sql::update<WebhookDeliveryRow>()
                      .set(col<&WebhookDeliveryRow::attempts> = row->attempts,
                           col<&WebhookDeliveryRow::status> = record.status,
                           col<&WebhookDeliveryRow::due_at> = record.due_at, col<&WebhookDeliveryRow::updated_at> = now)
                      .set(col<&WebhookDeliveryRow::attempts_in_round> += 1)
                      .where(col<&WebhookDeliveryRow::id> == record.delivery)
                      .run(unit));
  if (record.status == DeliveryStatus::delivered) {
    co_await unwrap(sql::update<WebhookEndpointRow>()
                        .set(col<&WebhookEndpointRow::last_success_at> = Nullable<Timestamp>(now))
                        .where(col<&WebhookEndpointRow::id> == record.endpoint &&
                               (col<&WebhookEndpointRow::last_success_at>.is_null() ||
                                col<&WebhookEndpointRow::last_success_at> < now - success_resolution))
                        .run(unit));
  }
  if (record.disable_because) {
    co_await unwrap(
        sql::update<WebhookEndpointRow>()
            .set(col<&WebhookEndpointRow::disabled_at> = Nullable<Timestamp>(now),
                 col<&WebhookEndpointRow::disabled_because> = Nullable<std::string>(*record.disable_because),
                 col<&WebhookEndpointRow::updated_at> = now)
            .where(col<&WebhookEndpointRow::id> == record.endpoint && col<&WebhookEndpointRow::disabled_at>.is_null())
            .run(unit));
  }
  co_return true;
}

Task<Result<>> WebhookRepository::fail_delivery(api::UnitOfWork& unit, Uuid id, std::int64_t round) {
  co_await unwrap(sql::update<WebhookDeliveryRow>()
                      .set(col<&WebhookDeliveryRow::status> = DeliveryStatus::failed,
                           col<&WebhookDeliveryRow::updated_at> = unit.call().now())
                      .where(col<&WebhookDeliveryRow::id> == id && col<&WebhookDeliveryRow::round> == round &&
                             col<&WebhookDeliveryRow::status> == DeliveryStatus::pending)
                      .run(unit));
  co_return Result<>{};
}

Task<Result<WebhookDeliveryRow>> WebhookRepository::restart_delivery(api::UnitOfWork& unit, Uuid id) {
  auto row = co_await unwrap(
      required(co_await from<WebhookDeliveryRow>().where(col<&WebhookDeliveryRow::id> == id).for_update().one(unit),
               errors::webhook_delivery_not_found, "There is no such delivery."));
  if (row.status == DeliveryStatus::pending)
    co_return fail(errors::webhook_delivery_pending, "This delivery has not ended yet.");
  row.status = DeliveryStatus::pending;
  row.round += 1;
  row.attempts_in_round = 0;
  row.updated_at = unit.call().now();
  row.due_at = row.updated_at;
  co_await unwrap(sql::update<WebhookDeliveryRow>()
                      .set(col<&WebhookDeliveryRow::status> = row.status, col<&WebhookDeliveryRow::round> = row.round,
                           col<&WebhookDeliveryRow::due_at> = row.due_at,
                           col<&WebhookDeliveryRow::attempts_in_round> = row.attempts_in_round,
                           col<&WebhookDeliveryRow::updated_at> = row.updated_at)
                      .where(col<&WebhookDeliveryRow::id> == id)
                      .run(unit));
  co_return row;
}

Task<Result<std::int64_t>> WebhookRepository::remove_ended_deliveries(api::UnitOfWork& unit, Timestamp updated_before,
                                                                      std::int64_t rows_max) {
  const auto ended = co_await unwrap(from<WebhookDeliveryRow>()
                                         .where(col<&WebhookDeliveryRow::status> != DeliveryStatus::pending &&
                                                col<&WebhookDeliveryRow::created_at> < updated_before &&
                                                col<&WebhookDeliveryRow::updated_at> < updated_before)
                                         .order_by(asc<&WebhookDeliveryRow::created_at>)
                                         .limit(rows_max)
                                         .all(unit));
  std::vector<Uuid> ids;
  for (const WebhookDeliveryRow& row : ended) ids.push_back(row.id);
  if (ids.empty()) co_return 0;
  const auto removed =
      co_await unwrap(sql::erase<WebhookDeliveryRow>().where(col<&WebhookDeliveryRow::id>.in(ids)).run(unit));
  co_return removed.rows_affected;
}

}  // namespace ashlar::backend
