// SPDX-License-Identifier: Apache-2.0
#include "backend/users/routes.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/users/create_user.hpp"
#include "backend/users/delete_user.hpp"
#include "backend/users/get_user.hpp"
#include "backend/users/list_users.hpp"
#include "backend/users/me.hpp"
#include "backend/users/update_me.hpp"
#include "backend/users/update_user.hpp"

namespace ashlar::backend {

// clang-format off
void mount_users(web::Routes& routes, api::Units& units, Passwords& passwords, AccountHooks& hooks, const sql::Cursors& cursors) {
  sql::Database& database = units.database();
  routes.get("/api/users/me", me, database).signed_in().api_key("read:user")
      .tool().name("me").tag("Users").summary("My account");
  routes.patch("/api/users/me", update_me, units, hooks).signed_in()
      .name("updateMe").tag("Users").summary("Change my account; another address is not verified").fails_with(errors::email_taken, auth::errors::step_up_required);
  routes.get("/api/users", list_users, database, cursors).permission("read:user").heavy(is_heavy)
      .name("listUsers").tag("Users").summary("Find accounts").fails_with(sql::errors::invalid_cursor);
  routes.post("/api/users", create_user, units, passwords, hooks).permission("create:user")
      .name("createUser").tag("Users").summary("Make an account for another").fails_with(errors::email_taken);
  routes.get("/api/users/{id}", get_user, database).permission("read:user")
      .name("getUser").tag("Users").summary("One account").fails_with(errors::user_not_found);
  routes.patch("/api/users/{id}", update_user, units, hooks).permission("update:user")
      .name("updateUser").tag("Users").summary("Change an account").fails_with(errors::user_not_found, errors::email_taken, errors::last_admin, auth::errors::step_up_required);
  routes.remove("/api/users/{id}", delete_user, units, hooks).permission("delete:user")
      .name("deleteUser").tag("Users").summary("Remove an account and its posts; pending orders are cancelled, others stay without it").fails_with(errors::user_not_found, errors::last_admin);
}
// clang-format on

}  // namespace ashlar::backend
