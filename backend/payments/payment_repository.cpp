// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/payment_repository.hpp"

#include "ashlar/sql/query.hpp"
#include "backend/orders/order_repository.hpp"
#include "backend/orders/payment_audit.hpp"

#include <utility>

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::desc;
using sql::from;

namespace {

struct PaymentId {
  Uuid id;
};
ASHLAR_DESCRIBE(PaymentId, id)

struct PaymentAttempt {
  std::int64_t attempt = 0;
};
ASHLAR_DESCRIBE(PaymentAttempt, attempt)

std::vector<Uuid> ids_of(const std::vector<PaymentId>& rows) {
  std::vector<Uuid> out;
  for (const PaymentId& row : rows) out.push_back(row.id);
  return out;
}

}  // namespace

Task<Result<std::optional<PaymentRow>>> PaymentRepository::find(Uuid id) {
  return from<PaymentRow>().where(col<&PaymentRow::id> == id).one(in_);
}

Task<Result<std::optional<PaymentRow>>> PaymentRepository::find_by_intent(std::string intent) {
  co_return co_await from<PaymentRow>().where(col<&PaymentRow::intent_id> == intent).one(in_);
}

Task<Result<std::vector<Uuid>>> PaymentRepository::due(Timestamp until, std::int64_t count_max) {
  const auto rows = co_await unwrap(sql::select<PaymentId>()
                                        .from<PaymentRow>()
                                        .where(col<&PaymentRow::check_at> <= until)
                                        .order_by(asc<&PaymentRow::check_at>)
                                        .limit(count_max)
                                        .all(in_));
  co_return ids_of(rows);
}

Task<Result<std::vector<Uuid>>> PaymentRepository::unfinished_others(Uuid order, Uuid payment) {
  const auto rows = co_await unwrap(sql::select<PaymentId>()
                                        .from<PaymentRow>()
                                        .where(col<&PaymentRow::order_id> == order && col<&PaymentRow::id> != payment &&
                                               col<&PaymentRow::check_at>.is_not_null() &&
                                               col<&PaymentRow::status> != PaymentStatus::processing &&
                                               col<&PaymentRow::status> != PaymentStatus::refunding)
                                        .order_by(asc<&PaymentRow::attempt>)
                                        .all(in_));
  co_return ids_of(rows);
}

Task<Result<std::int64_t>> PaymentRepository::attempts(Uuid order) {
  const auto newest = co_await unwrap(sql::select<PaymentAttempt>()
                                          .from<PaymentRow>()
                                          .where(col<&PaymentRow::order_id> == order)
                                          .order_by(desc<&PaymentRow::attempt>)
                                          .one(in_));
  co_return newest ? newest->attempt : 0;
}

Task<Result<std::optional<LockedPayment>>> PaymentRepository::lock(api::UnitOfWork& unit, Uuid payment) {
  const auto unlocked = co_await unwrap(PaymentRepository(unit).find(payment));
  if (!unlocked) co_return std::nullopt;
  auto order = co_await unwrap(OrderRepository::lock(unit, unlocked->order_id));
  auto row = co_await unwrap(from<PaymentRow>().where(col<&PaymentRow::id> == payment).for_update().one(unit));
  if (!order || !row) co_return std::nullopt;
  co_return LockedPayment{.order = std::move(*order), .payment = std::move(*row)};
}

Task<Result<>> PaymentRepository::insert(api::UnitOfWork& unit, PaymentRow row) {
  co_await unwrap(sql::insert(row).run(unit));
  record_new_payment(unit, row);
  co_return Result<>{};
}

Task<Result<>> PaymentRepository::write(api::UnitOfWork& unit, PaymentStatus before, PaymentRow row) {
  co_await unwrap(
      sql::update<PaymentRow>()
          .set(col<&PaymentRow::status> = row.status, col<&PaymentRow::intent_id> = row.intent_id,
               col<&PaymentRow::client_secret> = row.client_secret, col<&PaymentRow::failure> = row.failure,
               col<&PaymentRow::failed_refunds> = row.failed_refunds, col<&PaymentRow::called_at> = row.called_at,
               col<&PaymentRow::called_last_at> = row.called_last_at, col<&PaymentRow::check_at> = row.check_at,
               col<&PaymentRow::checks> = row.checks, col<&PaymentRow::updated_at> = unit.call().now())
          .where(col<&PaymentRow::id> == row.id)
          .run(unit));
  record_payment_status(unit, row.id, before, row.status);
  co_return Result<>{};
}

Task<Result<bool>> PaymentRepository::receive_event(api::UnitOfWork& unit, std::string id, std::string type) {
  const StripeEventRow row{.id = std::move(id), .type = std::move(type), .received_at = unit.call().now()};
  const auto inserted = co_await unwrap(sql::insert(row).on_conflict<&StripeEventRow::id>().do_nothing().run(unit));
  co_return inserted.rows_affected > 0;
}

Task<Result<std::int64_t>> PaymentRepository::forget_events(api::UnitOfWork& unit, Timestamp received_before) {
  const auto erased = co_await unwrap(
      sql::erase<StripeEventRow>().where(col<&StripeEventRow::received_at> < received_before).run(unit));
  co_return erased.rows_affected;
}

}  // namespace ashlar::backend
