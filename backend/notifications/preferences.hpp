// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "backend/mail/mails.hpp"
#include "backend/notifications/notification.hpp"

#include <optional>
#include <string>

namespace ashlar::backend {

Task<Result<NotificationPreferences>> get_notification_preferences(api::UserCall& call, sql::Database& database);

struct ChannelChanges {
  Text<1, 64> kind;
  std::optional<bool> in_app;
  std::optional<bool> mail;
};
ASHLAR_DESCRIBE(ChannelChanges, kind, in_app, mail)

struct UpdateNotificationPreferences {
  std::optional<Nullable<Text<2, 8>>> language;
  std::optional<Array<ChannelChanges, 0, 50>> kinds;
};
ASHLAR_DESCRIBE(UpdateNotificationPreferences, language, kinds)

// Turning mail on for a kind ends an earlier unsubscription. Error request.invalid for an unknown kind or language.
Task<Result<NotificationPreferences>> update_notification_preferences(api::UserCall& call,
                                                                      UpdateNotificationPreferences in,
                                                                      api::Units& units, const Mails& mails);

}  // namespace ashlar::backend
