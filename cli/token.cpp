// SPDX-License-Identifier: Apache-2.0
#include "backend/application.hpp"
#include "backend/users/user_repository.hpp"
#include "cli/commands.hpp"
#include "cli/workplace.hpp"

#include <cstdio>

namespace ashlar::cli {

int print_token(const std::string& email) {
  Workplace place;
  place.require_development("token");
  place.require_current_schema();
  backend::fill_development_secrets(place.settings, place.random);
  const backend::Foundation foundation{
      .clock = place.clock, .random = place.random, .logger = place.logger, .database = *place.database};
  backend::Application application(place.settings, foundation);

  const auto account = place.loop.run_or_stop(backend::UserRepository(*place.database).find_account(email));
  if (!account) throw Stop(exit_failed, "there is no account " + email + ".");
  const web::Context::Environment environment{&place.clock, &place.random, &place.logger};
  web::Context context(environment, "ashlar token");
  const auto opened = place.loop.run_or_stop(application.sessions().open(context, *place.database, account->user));
  std::puts(opened.pair.access.token.c_str());
  return exit_ok;
}

}  // namespace ashlar::cli
