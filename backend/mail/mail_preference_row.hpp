// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/users/user_row.hpp"

#include <string>

namespace ashlar::backend {

// How an account wants its mail. An account without a row has chosen nothing.
struct MailPreferenceRow {
  Uuid user_id;
  Nullable<std::string> language;  // null: as the request's Accept-Language says
  Nullable<Timestamp> unsubscribed_at;
};
ASHLAR_DESCRIBE(MailPreferenceRow, user_id, language, unsubscribed_at)
ASHLAR_TABLE(MailPreferenceRow, "mail_preferences", sql::primary_key<&MailPreferenceRow::user_id>(),
             sql::references<&MailPreferenceRow::user_id, &UserRow::id>(sql::OnDelete::cascade))

}  // namespace ashlar::backend
