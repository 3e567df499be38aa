// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/sql/sort.hpp"
#include "backend/webhooks/webhook.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

struct ListWebhookEndpoints {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<WebhookEndpointRow, &WebhookEndpointRow::created_at> sort;
  std::optional<api::PageCursor> cursor;
};
ASHLAR_DESCRIBE(ListWebhookEndpoints, page, limit, sort, cursor)

struct ListWebhookDeliveries {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<WebhookDeliveryRow, &WebhookDeliveryRow::created_at> sort;
  std::optional<api::PageCursor> cursor;
  std::optional<Uuid> endpoint_id;
  std::optional<DeliveryStatus> status;
};
ASHLAR_DESCRIBE(ListWebhookDeliveries, page, limit, sort, cursor, endpoint_id, status)

// A delivery whose turn has come, with its endpoint.
struct DueDelivery {
  WebhookDeliveryRow delivery;
  WebhookEndpointRow endpoint;
};

struct DeliveryCount {
  Uuid endpoint_id;
  DeliveryStatus status = DeliveryStatus::pending;
  std::int64_t deliveries = 0;
};
ASHLAR_DESCRIBE(DeliveryCount, endpoint_id, status, deliveries)

// What is written after an attempt.
struct AttemptRecord {
  Uuid delivery;
  Uuid endpoint;
  std::int64_t round = 0;
  DeliveryAttempt attempt;
  DeliveryStatus status = DeliveryStatus::pending;
  Timestamp due_at;                              // of the next attempt, while it is pending
  std::optional<std::string> disable_because{};  // the endpoint is disabled as well
};

// The rows of webhook endpoints and their deliveries. Reads go to the executor that it is made for; writes take a unit
// of work.
class WebhookRepository {
 public:
  explicit WebhookRepository(sql::Executor& in) : in_(in) {}

  Task<Result<std::optional<WebhookEndpointRow>>> find_endpoint(Uuid id);
  Task<Result<api::Page<WebhookEndpoint>>> list_endpoints(ListWebhookEndpoints wanted, const sql::Cursors& cursors);
  Task<Result<std::vector<WebhookEndpointRow>>> enabled_endpoints();
  Task<Result<std::vector<WebhookEndpointRow>>> all_endpoints();
  Task<Result<std::vector<DeliveryCount>>> delivery_counts();  // reads every delivery
  Task<Result<api::Page<WebhookDelivery>>> list_deliveries(ListWebhookDeliveries wanted, const sql::Cursors& cursors);
  // nullopt: it is not there, or is not pending.
  Task<Result<std::optional<DueDelivery>>> find_due(Uuid delivery);
  Task<Result<std::optional<Timestamp>>> next_due_at();  // of all that are pending

  // Error webhook.too_many_endpoints.
  static Task<Result<>> create_endpoint(api::UnitOfWork& unit, WebhookEndpointRow row, std::int64_t endpoints_max);
  // Until the unit ends, no other one changes the endpoint. Error webhook.endpoint_not_found.
  static Task<Result<WebhookEndpointRow>> lock_endpoint(api::UnitOfWork& unit, Uuid id);
  enum class Change : std::uint8_t { settings, secret };
  static Task<Result<>> replace_endpoint(api::UnitOfWork& unit, WebhookEndpointRow row, Change change);
  static Task<Result<bool>> remove_endpoint(api::UnitOfWork& unit, Uuid id);  // and its deliveries

  // Takes deliveries whose time has come, and sets when others may take them. Not those of the `busy` endpoints.
  struct Claim {
    Timestamp now;
    Timestamp due_again_at;
    std::int64_t deliveries_max = 0;
    std::string busy;  // ids of endpoints, one after another
  };
  static Task<Result<std::vector<Uuid>>> claim(api::UnitOfWork& unit, Claim claim);
  static Task<Result<>> defer(api::UnitOfWork& unit, Uuid id, Timestamp due_at);

  static Task<Result<>> create_deliveries(api::UnitOfWork& unit, std::vector<WebhookDeliveryRow> rows);
  // false: the delivery was replayed or removed meanwhile.
  static Task<Result<bool>> record_attempt(api::UnitOfWork& unit, AttemptRecord record);
  static Task<Result<>> fail_delivery(api::UnitOfWork& unit, Uuid id, std::int64_t round);
  // Pending again, in a new round of attempts. Errors webhook.delivery_not_found, webhook.delivery_pending.
  static Task<Result<WebhookDeliveryRow>> restart_delivery(api::UnitOfWork& unit, Uuid id);
  static Task<Result<std::int64_t>> remove_ended_deliveries(api::UnitOfWork& unit, Timestamp updated_before,
                                                            std::int64_t rows_max);

  static constexpr std::size_t attempts_kept_max = 20;

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
