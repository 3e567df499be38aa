// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/call.hpp"

#include "ashlar/api/guard.hpp"
#include "ashlar/auth/authority.hpp"
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

const auth::Authority& Call::authority() const {
  static const auth::Authority nothing;
  principal_read_ = true;
  return authority_ ? *authority_ : nothing;
}

bool Call::allows(const auth::Permission& permission, const auth::ResourceRef* resource) const {
  const auth::PresentedKey* key = presented_key();
  if ((key == nullptr || key->covers(permission)) && auth::decide(authority(), permission, resource, now()).allowed)
    return true;
  refused_permission_ = std::make_unique<const std::string>(permission.text());
  return false;
}

Result<> Call::require(const auth::Permission& permission, const auth::ResourceRef* resource) const {
  if (principal() == nullptr) return fail(auth::errors::not_signed_in, "Sign in to do this.");
  if (!allows(permission, resource)) return fail(auth::errors::forbidden, "You may not do this.");
  return {};
}

auth::Reach Call::reach(const auth::Permission& permission) const {
  const auth::PresentedKey* key = presented_key();
  if (key != nullptr && !key->covers(permission)) return {};
  return auth::reach(authority(), permission, now());
}

bool Call::depends_on_object(const auth::Permission& permission) const {
  const auth::PresentedKey* key = presented_key();
  return (key == nullptr || key->covers(permission)) && auth::depends_on_object(authority(), permission, now());
}

bool Call::holds(const auth::PermissionPattern& pattern) const {
  const auth::PresentedKey* key = presented_key();
  return (key == nullptr || key->includes(pattern)) && auth::holds(authority(), pattern, now());
}

bool Call::may_give(const auth::PermissionPattern& pattern) const {
  const auth::PresentedKey* key = presented_key();
  return (key == nullptr || key->includes(pattern)) && auth::may_give(authority(), pattern);
}

bool Call::owns(const Uuid& owner) const {
  return principal() != nullptr && principal()->id == owner && !owner.is_nil();
}

Result<> Call::require_owner(const Uuid& owner) const {
  static const auth::PermissionPattern everything = *auth::PermissionPattern::parse("*");
  if (principal() == nullptr) return fail(auth::errors::not_signed_in, "Sign in to do this.");
  if (!owns(owner) && !holds(everything)) return fail(auth::errors::forbidden, "This belongs to another account.");
  return {};
}

Error step_up_error(std::chrono::seconds sign_in_age_max) {
  return Error(auth::errors::step_up_required, "Sign in again to do this.").with_sign_in_age_max(sign_in_age_max);
}

Result<> Call::require_fresh(std::chrono::seconds sign_in_age_max) const {
  const auth::Principal* caller = principal();
  if (caller == nullptr) return fail(auth::errors::not_signed_in, "Sign in to do this.");
  if (!auth::is_fresh(caller->auth_time, sign_in_age_max, now()))
    return std::unexpected(step_up_error(sign_in_age_max));
  return {};
}

const auth::Principal& UserCall::user() const {
  assert(principal() != nullptr && "the endpoint's guard promises a signed-in caller");
  return *principal();
}

}  // namespace ashlar::api
