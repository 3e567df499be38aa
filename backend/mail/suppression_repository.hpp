// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/sort.hpp"
#include "backend/mail/suppression_row.hpp"

#include <string>

namespace ashlar::backend {

// What the API shows of a suppressed address.
struct MailSuppression {
  std::string address;
  std::string reason;
  Timestamp created_at;

  static MailSuppression example();
};
ASHLAR_DESCRIBE(MailSuppression, address, reason, created_at)

struct ListMailSuppressions {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<SuppressionRow, &SuppressionRow::created_at> sort;
};
ASHLAR_DESCRIBE(ListMailSuppressions, page, limit, sort)

// Reads go to the executor that it is made for; writes take a unit of work.
class SuppressionRepository {
 public:
  explicit SuppressionRepository(sql::Executor& in) : in_(in) {}

  Task<Result<bool>> has(Email address);
  Task<Result<api::Page<MailSuppression>>> list(ListMailSuppressions wanted);

  // The first reason stays.
  static Task<Result<>> add(api::UnitOfWork& unit, Email address, std::string reason);
  // false when the address is not suppressed.
  static Task<Result<bool>> remove(api::UnitOfWork& unit, Email address);

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
