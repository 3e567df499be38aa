// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/detail/context.hpp"

#include "ashlar/schema/json.hpp"

namespace ashlar::jobs::detail {

std::string context_of(const api::Call& call) {
  StoredContext out;
  if (const auth::Principal* principal = call.authenticated()) {
    StoredPrincipal stored{.id = principal->id,
                           .session = principal->session,
                           .email = principal->email,
                           .role = principal->role,
                           .permissions = principal->permissions};
    if (principal->api_key) {
      stored.key.emplace(StoredKey{.id = principal->api_key->id, .permissions = {}});
      for (const auto& pattern : principal->api_key->permissions)
        stored.key->permissions.push_back(std::string(pattern.text()));
    }
    out.principal = std::move(stored);
  }
  if (call.is_traced()) out.traceparent = std::string(call.trace().traceparent());
  if (!call.client_address().empty()) out.address = std::string(call.client_address());
  if (!call.client_agent().empty()) out.agent = std::string(call.client_agent());
  return schema::to_json(out);
}

std::shared_ptr<const auth::Principal> principal_of(const StoredContext& context) {
  if (!context.principal) return nullptr;
  const StoredPrincipal& stored = *context.principal;
  auto out = std::make_shared<auth::Principal>();
  out->id = stored.id;
  out->session = stored.session;
  out->email = stored.email;
  out->role = stored.role.value_or("");
  out->permissions = stored.permissions.value_or(std::vector<std::string>{});
  if (stored.key) {
    out->api_key.emplace(auth::PresentedKey{.id = stored.key->id, .permissions = {}});
    for (const std::string& text : stored.key->permissions) {
      if (auto pattern = auth::PermissionPattern::parse(text)) out->api_key->permissions.push_back(std::move(*pattern));
    }
  }
  return out;
}

}  // namespace ashlar::jobs::detail
