// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/delete_mail_suppression.hpp"

#include "backend/mail/suppression_repository.hpp"

namespace ashlar::backend {

namespace {

Task<Result<>> remove(api::UnitOfWork& unit, Email address) {
  if (!co_await unwrap(SuppressionRepository::remove(unit, std::move(address))))
    co_return fail(errors::mail_suppression_not_found, "This address is not suppressed.");
  co_return Result<>{};
}

}  // namespace

Task<Result<>> delete_mail_suppression(api::Call& call, DeleteMailSuppression in, api::Units& units) {
  return units.run(call, &remove, in.address);
}

}  // namespace ashlar::backend
