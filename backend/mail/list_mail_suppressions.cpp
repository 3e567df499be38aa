// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/list_mail_suppressions.hpp"

namespace ashlar::backend {

Task<Result<api::Page<MailSuppression>>> list_mail_suppressions(api::Call&, ListMailSuppressions in,
                                                                sql::Database& database) {
  co_return co_await SuppressionRepository(database).list(in);
}

}  // namespace ashlar::backend
