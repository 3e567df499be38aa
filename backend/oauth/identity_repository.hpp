// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/oauth/identity.hpp"
#include "backend/oauth/identity_list.hpp"
#include "backend/oauth/identity_row.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace ashlar::backend {

// The rows of identities and of used sign-ins. Reads use the given executor; writes take a unit of work.
class IdentityRepository {
 public:
  explicit IdentityRepository(sql::Executor& in) : in_(in) {}

  Task<Result<std::optional<IdentityRow>>> find(std::string issuer, std::string subject);
  Task<Result<api::Page<Identity>>> list(Uuid user, ListIdentities wanted);
  Task<Result<std::int64_t>> count(Uuid user);

  // Error auth.identity_taken when another unit has just linked it.
  static Task<Result<>> create(api::UnitOfWork& unit, IdentityRow identity);
  static Task<Result<>> note_use(api::UnitOfWork& unit, Uuid identity);
  // false when the user has no such identity.
  static Task<Result<bool>> remove(api::UnitOfWork& unit, Uuid user, Uuid identity);
  // The account of these identities has a new proved address, or the identity was linked again: it can sign in from now
  // on.
  static Task<Result<>> follow_address(api::UnitOfWork& unit, Uuid user, std::string account_email,
                                       std::optional<Uuid> identity = std::nullopt);

  // Marks a sign-in as used: false when it was already. Removes those that have ended.
  static Task<Result<bool>> use_flow(api::UnitOfWork& unit, Uuid flow, Timestamp ends_at);

 private:
  sql::Executor& in_;
};

[[nodiscard]] Identity identity_of(IdentityRow row);

}  // namespace ashlar::backend
