// SPDX-License-Identifier: Apache-2.0
#include "backend/users/user.hpp"

#include "ashlar/core/unicode.hpp"

namespace ashlar::backend {

std::string email_key_of(std::string_view address) { return fold_case(address).value_or(std::string(address)); }

User User::example() {
  const Timestamp moment = Timestamp::parse("2026-05-04T08:30:00.125Z").value_or(Timestamp{});
  return {.id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a69").value_or(Uuid{}),
          .email = "ada@example.com",
          .name = "Ada Lovelace",
          .age = std::int64_t{36},
          .role = "user",
          .permissions = {"create:product"},
          .email_verified = true,
          .mfa_enabled = false,
          .created_at = moment,
          .updated_at = moment};
}

}  // namespace ashlar::backend
