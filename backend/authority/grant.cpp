// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/grant.hpp"

namespace ashlar::backend {

Grant Grant::example() {
  const Timestamp moment = Timestamp::parse("2026-05-04T08:30:00.125Z").value_or(Timestamp{});
  return {.id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a71").value_or(Uuid{}),
          .user_id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a69").value_or(Uuid{}),
          .permission = "delete:post",
          .resource = std::nullopt,
          .resource_id = std::nullopt,
          .from = moment,
          .until = moment + std::chrono::hours{5 * 24},
          .reason = "Cover for Ada",
          .approved_by = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a72").value_or(Uuid{}),
          .created_at = moment};
}

}  // namespace ashlar::backend
