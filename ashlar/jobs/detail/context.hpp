// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/auth/principal.hpp"
#include "ashlar/schema/composites.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/describe.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

// What a job keeps of the call that enqueued it, as JSON.
namespace ashlar::jobs::detail {

struct StoredKey {
  Uuid id;
  std::vector<std::string> permissions;
};
ASHLAR_DESCRIBE(StoredKey, id, permissions)

struct StoredPrincipal {
  Uuid id;
  Uuid session;
  std::string email;
  std::optional<std::string> role{};
  std::optional<std::vector<std::string>> permissions{};
  std::optional<StoredKey> key{};
};
ASHLAR_DESCRIBE(StoredPrincipal, id, session, email, role, permissions, key)

struct StoredContext {
  std::optional<StoredPrincipal> principal{};
  std::optional<std::string> traceparent{};
  std::optional<std::string> address{};
  std::optional<std::string> agent{};
};
ASHLAR_DESCRIBE(StoredContext, principal, traceparent, address, agent)

// What sealed arguments are bound to.
[[nodiscard]] inline std::string arguments_context(const Uuid& job) { return "jobs.arguments:" + job.to_string(); }

[[nodiscard]] std::string context_of(const api::Call& call);
// A job acts for the account, without its sign-in: .fresh() never lets it pass. Null: there was no principal.
[[nodiscard]] std::shared_ptr<const auth::Principal> principal_of(const StoredContext& context);

}  // namespace ashlar::jobs::detail
