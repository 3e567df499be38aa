// SPDX-License-Identifier: Apache-2.0
#include "backend/api_keys/routes.hpp"

#include "backend/api_keys/delete_api_key.hpp"
#include "backend/api_keys/list_api_keys.hpp"
#include "backend/sign_in_age.hpp"

namespace ashlar::backend {

// clang-format off
void mount_api_keys(web::Routes& routes, api::Units& units, Authorities& authorities, const ApiKeyOptions& options) {
  routes.post("/api/auth/api-keys", create_api_key, units, options).signed_in().fresh(sign_in_age_max).no_api_key()
      .name("createApiKey").tag("Auth").summary("Make an API key; it is shown once").fails_with(errors::too_many_api_keys);
  routes.get("/api/auth/api-keys", list_api_keys, units.database()).signed_in().no_api_key()
      .name("listApiKeys").tag("Auth").summary("My API keys");
  routes.remove("/api/auth/api-keys/{id}", delete_api_key, units, authorities).signed_in().fresh(sign_in_age_max).no_api_key()
      .name("deleteApiKey").tag("Auth").summary("Remove an API key of mine; it is refused at once").fails_with(errors::api_key_not_found);
}
// clang-format on

}  // namespace ashlar::backend
