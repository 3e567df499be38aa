// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/call.hpp"

#include "ashlar/auth/token.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <span>

namespace ashlar::api {

void CallLog::write(log::Level level, std::string_view message,
                    std::initializer_list<log::Attribute> attributes) const {
  log::Logger& logger = *call_.environment().logger;
  if (!logger.enabled(level)) return;
  std::vector<log::Attribute> all(attributes);
  all.emplace_back("requestId", call_.request_id());
  if (call_.is_traced()) all.emplace_back("traceId", call_.trace().trace_id());
  logger.write(level, message, std::span<const log::Attribute>(all));
}

Result<> Call::require_owner(const Uuid& owner) const {
  if (!principal_) return fail(auth::errors::not_signed_in, "Sign in to do this.");
  if (!auth::owns(*principal_, owner)) return fail(auth::errors::forbidden, "This belongs to somebody else.");
  return {};
}

const auth::Principal& UserCall::user() const {
  assert(principal() != nullptr && "the endpoint's guard promises a signed-in caller");
  return *principal();
}

}  // namespace ashlar::api
