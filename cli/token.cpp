// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/system_call.hpp"
#include "backend/application.hpp"
#include "backend/development_secrets.hpp"
#include "backend/users/user_repository.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"

#include <cstdio>

namespace ashlar::cli {

namespace {

Task<Result<backend::TokenPair>> open_session(api::UnitOfWork& unit, backend::Account account,
                                              backend::Sessions* sessions) {
  return sessions->open(
      unit, {.user = std::move(account.user), .amr = {"pwd"}, .credentials_version = account.credentials_version});
}

}  // namespace

int print_token(const std::string& email) {
  CommandContext place;
  place.require_development("token");
  place.require_current_schema();
  backend::fill_development_secrets(place.settings, place.random);
  const backend::Dependencies dependencies{
      .clock = place.clock, .random = place.random, .logger = place.logger, .database = *place.database};
  backend::Application application(place.settings, dependencies);

  const auto account = place.loop.run_or_exit(backend::UserRepository(*place.database).find_account(email));
  if (!account) throw ExitError(exit_failed, "there is no account " + email + ".");
  const api::Call::Environment environment{&place.clock, &place.random, &place.logger};
  api::SystemCall call(environment, "ashlar token");
  const auto pair =
      place.loop.run_or_exit(application.units().run(call, &open_session, *account, &application.sessions()));
  std::puts(pair.access.token.c_str());
  return exit_ok;
}

}  // namespace ashlar::cli
