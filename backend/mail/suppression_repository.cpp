// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/suppression_repository.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/sql/query.hpp"

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::from;

namespace {

constexpr std::size_t reason_bytes_max = 500;

}  // namespace

MailSuppression MailSuppression::example() {
  return {.address = "ada@example.com",
          .reason = "mail.example.com: RCPT: 550 5.1.1 <(recipient)>: User unknown",
          .created_at = Timestamp::parse("2026-05-04T08:30:00Z").value_or(Timestamp{})};
}

Task<Result<bool>> SuppressionRepository::has(Email address) {
  return from<SuppressionRow>().where(col<&SuppressionRow::address_key> == address.key()).exists(in_);
}

Task<Result<api::Page<MailSuppression>>> SuppressionRepository::list(ListMailSuppressions wanted) {
  auto rows = co_await unwrap(from<SuppressionRow>()
                                  .order_by(wanted.sort, asc<&SuppressionRow::address_key>)
                                  .page(wanted.page, wanted.limit)
                                  .all_and_count(in_));
  sql::Page<MailSuppression> page{.rows = {}, .total = rows.total};
  for (SuppressionRow& row : rows.rows) {
    page.rows.push_back(
        {.address = std::move(row.address_key), .reason = std::move(row.reason), .created_at = row.created_at});
  }
  co_return api::page_of(std::move(page), wanted.page, wanted.limit);
}

Task<Result<>> SuppressionRepository::add(api::UnitOfWork& unit, Email address, std::string reason) {
  if (reason.size() > reason_bytes_max) reason.resize(reason_bytes_max);  // ASCII, as a Mailer's causes are
  const SuppressionRow row{.address_key = address.key(), .reason = std::move(reason), .created_at = unit.call().now()};
  co_await unwrap(sql::insert(row).on_conflict<&SuppressionRow::address_key>().do_nothing().run(unit));
  co_return Result<>{};
}

Task<Result<bool>> SuppressionRepository::remove(api::UnitOfWork& unit, Email address) {
  const auto removed =
      co_await unwrap(sql::erase<SuppressionRow>().where(col<&SuppressionRow::address_key> == address.key()).run(unit));
  if (removed.rows_affected > 0) audit::record(unit, {.action = "delete", .resource = "mail_suppression"});
  co_return removed.rows_affected > 0;
}

}  // namespace ashlar::backend
