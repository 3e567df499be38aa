// SPDX-License-Identifier: Apache-2.0
#include "backend/notifications/notifications.hpp"

#include "ashlar/events/publish.hpp"
#include "backend/notifications/notification_events.hpp"
#include "backend/notifications/notification_repository.hpp"
#include "backend/users/user_repository.hpp"

#include <cassert>
#include <utility>

namespace ashlar::backend {

void Notifications::add(api::UnitOfWork& unit, NewNotification notification) {
  assert(is_notification_kind(notification.kind));
  NotificationRepository::add(unit, {.id = unit.call().new_id(),
                                     .user_id = notification.user,
                                     .kind = notification.kind,
                                     .resource_id = notification.resource,
                                     .detail = notification.detail,
                                     .created_at = unit.call().now(),
                                     .read_at = std::nullopt});
  events::publish(unit, notification_created, notification.user.to_string(),
                  NotificationCreated{.kind = notification.kind, .resource_id = notification.resource});
  enqueuer_.enqueue(unit, notification);
}

Task<Result<>> Notifications::deliver(api::Call& call, NewNotification notification, MailAttempt attempt) {
  NotificationRepository repository(units_.database());
  const auto preference = co_await unwrap(repository.preference(notification.user, notification.kind));
  if (!preference || !preference->mail) co_return Result<>{};
  const auto user = co_await unwrap(UserRepository(units_.database()).find(notification.user));
  if (!user) co_return Result<>{};
  SendEmail mail{.to = user->email,
                 .template_name = "notify-" + notification.kind,
                 .stream = MailStream::subscription,
                 .user_id = notification.user};
  mail.values.text("resource", notification.resource ? notification.resource->to_string() : "");
  mail.values.text("detail", std::move(notification.detail));
  co_return co_await mails_.deliver(call, std::move(mail), attempt);
}

}  // namespace ashlar::backend
