// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/schema/constraints.hpp"

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode mail_suppression_not_found{ErrorKind::not_found, "mail.suppression_not_found"};
}  // namespace errors

struct DeleteMailSuppression {
  Email address;
};
ASHLAR_DESCRIBE(DeleteMailSuppression, address)

// Mail is sent to the address again.
Task<Result<>> delete_mail_suppression(api::Call& call, DeleteMailSuppression in, api::Units& units);

}  // namespace ashlar::backend
