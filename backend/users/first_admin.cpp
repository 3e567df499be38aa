// SPDX-License-Identifier: Apache-2.0
#include "backend/users/first_admin.hpp"

#include "ashlar/api/system_call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/core/encoding.hpp"
#include "backend/users/user_repository.hpp"

#include <array>

namespace ashlar::backend {

namespace {

using Kind = FirstAdminOutcome::Kind;

std::string generate_password(Random& random) {
  std::array<std::byte, 12> bytes{};
  random.fill(bytes);
  return to_base64url(bytes);
}

}  // namespace

Task<Result<FirstAdminOutcome>> make_first_admin(const Settings& settings, Dependencies dependencies,
                                                 Passwords& passwords) {
  UserRepository users(dependencies.database);
  if (co_await unwrap(users.any_admin())) co_return FirstAdminOutcome{};

  FirstAdminOutcome out;
  Password password;
  if (settings.first_admin) {
    out = {.kind = Kind::made, .email = settings.first_admin->email.str(), .password = {}};
    password = settings.first_admin->password;
  } else if (settings.stage == Stage::development) {
    const std::string generated = generate_password(dependencies.random);
    password = Password::of(generated);
    out = {.kind = Kind::generated, .email = "admin@example.com", .password = generated};
  } else {
    co_return FirstAdminOutcome{.kind = Kind::not_configured, .email = {}, .password = {}};
  }

  const api::Call::Environment environment{&dependencies.clock, &dependencies.random, &dependencies.logger};
  api::SystemCall call(environment, "first admin");
  api::Units units(dependencies.database, {});
  std::string hash = co_await unwrap(
      passwords.hash_new(call, std::move(password), {.name = "Admin", .email = out.email}, "/ADMIN_PASSWORD"));
  auto made = co_await units.run(call, &UserRepository::create,
                                 NewUser{.id = Uuid::make(dependencies.clock, dependencies.random),
                                         .email = out.email,
                                         .name = "Admin",
                                         .age = std::nullopt,
                                         .role = std::string(role_admin),
                                         .password_hash = std::move(hash),
                                         .created_at = dependencies.clock.now()});
  if (made) co_return out;
  if (made.error().code() != errors::email_taken) co_return std::unexpected(std::move(made.error()));
  // Another process may have made it at the same time.
  const auto any = co_await users.any_admin();
  if (any && *any) co_return FirstAdminOutcome{};
  co_return FirstAdminOutcome{.kind = Kind::email_is_user, .email = out.email, .password = {}};
}

}  // namespace ashlar::backend
