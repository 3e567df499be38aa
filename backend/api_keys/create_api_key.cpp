// SPDX-License-Identifier: Apache-2.0
#include "backend/api_keys/create_api_key.hpp"

#include "ashlar/auth/api_key.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "backend/api_keys/api_key_repository.hpp"

namespace ashlar::backend {

void CreateApiKey::refine(schema::Refinement& out) const {
  if (permissions.empty()) out.fault("permissions", schema::codes::too_few_items, "must have an item");
  refine_permissions(out, "permissions", permissions);
}

CreateApiKey CreateApiKey::example() {
  return {.name = Line<1, 120>::of("Nightly export"),
          .permissions = {PermissionName::of("read:order")},
          .expires_at = Timestamp::parse("2027-05-04T08:30:00Z")};
}

namespace {

Task<> log_key(const api::Call* call, Uuid id, std::string name) {
  call->log().security(log::Level::info, "API key made",
                       {{"apiKeyId", id.to_string()},
                        {"name", name},
                        {"userId", call->principal()->id.to_string()},
                        {"address", call->client_address()}});
  co_return;
}

Task<Result<>> create(api::UnitOfWork& unit, ApiKeyRow row, std::int64_t per_user_max) {
  co_await unwrap(ApiKeyRepository::create(unit, row, per_user_max));
  unit.after_commit([&call = unit.call(), id = row.id, name = row.name] { return log_key(&call, id, name); });
  co_return Result<>{};
}

}  // namespace

Task<Result<api::Created<NewApiKey>>> create_api_key(api::UserCall& call, CreateApiKey in, api::Units& units,
                                                     const ApiKeyOptions& options) {
  const Timestamp now = call.now();
  if (in.expires_at && *in.expires_at <= now)
    co_return std::unexpected(invalid_input("/expiresAt", schema::codes::too_small, "must be in the future"));
  auth::ApiKey key = auth::new_api_key(call.clock(), call.random());
  const ApiKeyRow row{.id = key.id,
                      .user_id = call.user().id,
                      .name = in.name.str(),
                      .prefix = key.prefix,
                      .hash = std::move(key.hash),
                      .permissions = texts_of(in.permissions),
                      .created_at = now,
                      .expires_at = in.expires_at,
                      .last_used_at = std::nullopt};
  co_await unwrap(units.run(call, &create, row, options.per_user_max));
  co_return api::Created<NewApiKey>{{.id = row.id,
                                     .name = row.name,
                                     .prefix = row.prefix,
                                     .permissions = row.permissions,
                                     .expires_at = row.expires_at,
                                     .key = std::move(key.text)}};
}

}  // namespace ashlar::backend
