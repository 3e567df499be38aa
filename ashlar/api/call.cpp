// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/call.hpp"

#include "ashlar/auth/token.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <span>
#include <vector>

namespace ashlar::api {

namespace {

std::vector<log::Attribute> with_ids(const Call& call, std::initializer_list<log::Attribute> attributes) {
  std::vector<log::Attribute> out(attributes);
  out.emplace_back("requestId", call.request_id());
  if (call.is_traced()) out.emplace_back("traceId", call.trace().trace_id());
  return out;
}

}  // namespace

void CallLog::write(log::Level level, std::string_view message,
                    std::initializer_list<log::Attribute> attributes) const {
  log::Logger& logger = *call_.environment().logger;
  if (!logger.enabled(level)) return;
  logger.write(level, message, std::span<const log::Attribute>(with_ids(call_, attributes)));
}

void CallLog::security(log::Level level, std::string_view message,
                       std::initializer_list<log::Attribute> attributes) const {
  call_.environment().logger->security(level, message, std::span<const log::Attribute>(with_ids(call_, attributes)));
}

Result<> Call::require_owner(const Uuid& owner) const {
  const auth::Principal* caller = principal();
  if (caller == nullptr) return fail(auth::errors::not_signed_in, "Sign in to do this.");
  if (!auth::owns(*caller, owner)) return fail(auth::errors::forbidden, "This belongs to somebody else.");
  return {};
}

const auth::Principal& UserCall::user() const {
  assert(principal() != nullptr && "the endpoint's guard promises a signed-in caller");
  return *principal();
}

}  // namespace ashlar::api
