// SPDX-License-Identifier: Apache-2.0
#include "backend/users/create_user.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

CreateUser CreateUser::example() {
  return {.name = UserName::of("Grace Hopper"),
          .email = Email::of("grace@example.com"),
          .password = Password::of("a long password"),
          .age = Age::of(45),
          .role = RoleName::of("user")};
}

Task<Result<api::Created<User>>> create_user(api::UserCall& call, CreateUser in, api::Units& units,
                                             Passwords& passwords) {
  const std::string role = in.role ? in.role->str() : std::string(role_user);
  // A caller who may create accounts could otherwise make an admin, and obtain every permission with it.
  if (role != role_user && call.user().role != role_admin)
    co_return fail(auth::errors::forbidden, "Only an admin may give a role.");

  NewUser user{.id = call.new_id(),
               .email = in.email.str(),
               .name = in.name.str(),
               .age = in.age,
               .role = role,
               .password_hash = co_await unwrap(passwords.hash_new(call, std::move(in.password),
                                                                   {.name = in.name.str(), .email = in.email.str()},
                                                                   "/password", Passwords::Lane::known_device)),
               .created_at = call.now()};
  co_return api::Created<User>{co_await unwrap(units.run(call, &UserRepository::create, std::move(user)))};
}

}  // namespace ashlar::backend
