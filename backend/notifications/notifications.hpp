// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "backend/mail/mails.hpp"
#include "backend/notifications/notification.hpp"

#include <string>
#include <string_view>

namespace ashlar::backend {

// As a job, it mails the notification to an account that prefers that.
struct NewNotification {
  static constexpr std::string_view job_name = "deliver-notification";

  Uuid user;
  std::string kind;  // of notification_kinds
  Nullable<Uuid> resource{};
  std::string detail;
};
ASHLAR_DESCRIBE(NewNotification, user, kind, resource, detail)

// Notifies accounts: in the application, and by mail where they prefer it. Features call it in the unit that causes the
// notification, so both commit with the unit's rows or not at all. Safe from every loop; what it refers to outlives it.
class Notifications {
 public:
  Notifications(api::Units& units, Mails& mails, const jobs::Enqueuer& enqueuer)
      : units_(units), mails_(mails), enqueuer_(enqueuer) {}
  Notifications(const Notifications&) = delete;
  Notifications& operator=(const Notifications&) = delete;

  // Asserts that there is such a kind.
  void add(api::UnitOfWork& unit, NewNotification notification);

  // Mails the notification if the account prefers that now. Errors: those of Mails::deliver() and sql::errors.
  Task<Result<>> deliver(api::Call& call, NewNotification notification, MailAttempt attempt);

 private:
  api::Units& units_;
  Mails& mails_;
  const jobs::Enqueuer& enqueuer_;
};

}  // namespace ashlar::backend
