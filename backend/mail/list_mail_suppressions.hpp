// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "backend/mail/suppression_repository.hpp"

namespace ashlar::backend {

Task<Result<api::Page<MailSuppression>>> list_mail_suppressions(api::Call& call, ListMailSuppressions in,
                                                                sql::Database& database);

}  // namespace ashlar::backend
