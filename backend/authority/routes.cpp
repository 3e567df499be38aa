// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/routes.hpp"

#include "backend/authority/create_role.hpp"
#include "backend/authority/delete_grant.hpp"
#include "backend/authority/delete_role.hpp"
#include "backend/authority/explain_access.hpp"
#include "backend/authority/get_grant.hpp"
#include "backend/authority/list_grants.hpp"
#include "backend/authority/list_permissions.hpp"
#include "backend/authority/list_roles.hpp"
#include "backend/authority/set_user_role.hpp"
#include "backend/authority/update_role.hpp"
#include "backend/sign_in_age.hpp"

namespace ashlar::backend {

// clang-format off
void mount_authority(web::Routes& routes, api::Units& units, Authorities& authorities, const GrantOptions& grants) {
  sql::Database& database = units.database();
  routes.get("/api/admin/roles", list_roles, database).permission("manage:role")
      .name("listRoles").tag("Authority").summary("Roles and what they hold");
  routes.post("/api/admin/roles", create_role, units).permission("manage:role").fresh(sign_in_age_max).no_api_key()
      .name("createRole").tag("Authority").summary("Make a role, of permissions that I hold").fails_with(errors::role_taken, errors::too_many_roles);
  routes.patch("/api/admin/roles/{name}", update_role, units, authorities).permission("manage:role").fresh(sign_in_age_max).no_api_key()
      .name("updateRole").tag("Authority").summary("Change what a role holds, for all of its accounts at once").fails_with(errors::role_not_found, errors::last_admin);
  routes.remove("/api/admin/roles/{name}", delete_role, units).permission("manage:role").fresh(sign_in_age_max).no_api_key()
      .name("deleteRole").tag("Authority").summary("Remove a role that no account has").fails_with(errors::role_not_found, errors::role_in_use, errors::role_built_in);
  routes.get("/api/admin/permissions", list_permissions, database).permission("manage:role")
      .name("listPermissions").tag("Authority").summary("The permissions that there are");
  routes.post("/api/admin/users/{id}/role", set_user_role, units, authorities).permission("manage:role").fresh(sign_in_age_max).no_api_key()
      .name("setUserRole").tag("Authority").summary("Give an account another role; its sessions go on").fails_with(errors::user_not_found, errors::last_admin);
  routes.get("/api/admin/users/{id}/grants", list_grants, database).permission("manage:role")
      .name("listGrants").tag("Authority").summary("What an account may do for a time, or on one object");
  routes.post("/api/admin/users/{id}/grants", create_grant, units, authorities, grants).permission("manage:role").fresh(sign_in_age_max).no_api_key()
      .name("createGrant").tag("Authority").summary("Give a permission for a time, or on one object").fails_with(errors::user_not_found, errors::too_many_grants);
  routes.get("/api/admin/users/{id}/grants/{grantId}", get_grant, database).permission("manage:role")
      .name("getGrant").tag("Authority").summary("One grant").fails_with(errors::grant_not_found);
  routes.remove("/api/admin/users/{id}/grants/{grantId}", delete_grant, units, authorities).permission("manage:role").fresh(sign_in_age_max).no_api_key()
      .name("deleteGrant").tag("Authority").summary("End a grant at once").fails_with(errors::grant_not_found);
  routes.get("/api/admin/authz/explain", explain_access, authorities).permission("manage:role")
      .name("explainAccess").tag("Authority").summary("Whether an account may do something now, and why").fails_with(errors::user_not_found);
}
// clang-format on

}  // namespace ashlar::backend
