// SPDX-License-Identifier: Apache-2.0
#include "backend/notifications/preferences.hpp"

#include "ashlar/schema/fault_codes.hpp"
#include "backend/mail/mail_preference_repository.hpp"
#include "backend/notifications/notification_repository.hpp"
#include "backend/users/user_repository.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace ashlar::backend {

namespace {

Task<Result<NotificationPreferences>> read(sql::Executor& in, Uuid user) {
  const auto mail = co_await unwrap(MailPreferenceRepository(in).of_user(user));
  const auto rows = co_await unwrap(NotificationRepository(in).preferences(user));
  NotificationPreferences out{.language = mail.language, .unsubscribed_at = mail.unsubscribed_at, .kinds = {}};
  for (const std::string_view kind : notification_kinds) {
    const auto row = std::ranges::find(rows, kind, &NotificationPreferenceRow::kind);
    if (row == rows.end()) {
      out.kinds.push_back({.kind = std::string(kind)});
    } else {
      out.kinds.push_back({.kind = row->kind, .in_app = row->in_app, .mail = row->mail});
    }
  }
  co_return out;
}

Task<Result<>> change_kind(api::UnitOfWork& unit, Uuid user, ChannelChanges changes) {
  auto stored = co_await unwrap(NotificationRepository(unit).preference(user, changes.kind.str()));
  NotificationPreferenceRow row =
      stored.value_or(NotificationPreferenceRow{.user_id = user, .kind = changes.kind.str(), .in_app = true});
  row.in_app = changes.in_app.value_or(row.in_app);
  row.mail = changes.mail.value_or(row.mail);
  co_return co_await NotificationRepository::save(unit, std::move(row));
}

Task<Result<NotificationPreferences>> update(api::UnitOfWork& unit, Uuid user, UpdateNotificationPreferences in) {
  co_await unwrap(UserRepository::lock(unit, user));  // two changes at once come one after the other
  MailPreferenceRow mail = co_await unwrap(MailPreferenceRepository(unit).of_user(user));
  if (in.language) mail.language = *in.language ? Nullable<std::string>((*in.language)->str()) : std::nullopt;
  for (const ChannelChanges& changes : in.kinds.value_or(Array<ChannelChanges, 0, 50>{})) {
    if (changes.mail.value_or(false)) mail.unsubscribed_at = std::nullopt;
    co_await unwrap(change_kind(unit, user, changes));
  }
  co_await unwrap(MailPreferenceRepository::save(unit, std::move(mail)));
  co_return co_await read(unit, user);
}

// Every fault of the input at once.
Result<> check(const UpdateNotificationPreferences& in, const Mails& mails) {
  std::vector<Fault> faults;
  if (in.language && *in.language && !mails.templates().has_language((*in.language)->view()))
    faults.push_back(
        {.path = "/language", .code = std::string(schema::codes::one_of), .message = "is no language of our mails"});
  if (in.kinds) {
    for (std::size_t i = 0; i < in.kinds->size(); ++i) {
      if (is_notification_kind((*in.kinds)[i].kind.view())) continue;
      faults.push_back({.path = "/kinds/" + std::to_string(i) + "/kind",
                        .code = std::string(schema::codes::one_of),
                        .message = "is no kind of notification"});
    }
  }
  if (faults.empty()) return {};
  return std::unexpected(invalid_input(std::move(faults)));
}

}  // namespace

Task<Result<NotificationPreferences>> get_notification_preferences(api::UserCall& call, sql::Database& database) {
  co_return co_await read(database, call.user().id);
}

Task<Result<NotificationPreferences>> update_notification_preferences(api::UserCall& call,
                                                                      UpdateNotificationPreferences in,
                                                                      api::Units& units, const Mails& mails) {
  co_await unwrap(check(in, mails));
  co_return co_await units.run(call, &update, call.user().id, std::move(in));
}

}  // namespace ashlar::backend
