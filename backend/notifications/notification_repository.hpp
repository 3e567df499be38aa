// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "backend/notifications/notification.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

// Reads go to the executor that it is made for; writes take a unit of work.
class NotificationRepository {
 public:
  explicit NotificationRepository(sql::Executor& in) : in_(in) {}

  Task<Result<api::Page<Notification>>> list(Uuid user, ListNotifications wanted);
  Task<Result<std::vector<NotificationPreferenceRow>>> preferences(Uuid user);
  Task<Result<std::optional<NotificationPreferenceRow>>> preference(Uuid user, std::string kind);

  // Collects the row, for the unit's last statement. An account that does not want the kind in the application, or is
  // gone, gets none.
  static void add(api::UnitOfWork& unit, const NotificationRow& row);
  // nullopt when the user has no such notification. One that was read keeps its time.
  static Task<Result<std::optional<Notification>>> read(api::UnitOfWork& unit, Uuid user, Uuid id);
  static Task<Result<std::int64_t>> read_all(api::UnitOfWork& unit, Uuid user);
  // Error auth.token_revoked when the account is gone.
  static Task<Result<>> save(api::UnitOfWork& unit, NotificationPreferenceRow row);
  // Those that were created until then; how many there were.
  static Task<Result<std::int64_t>> remove_older(api::UnitOfWork& unit, Timestamp created_until);

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
