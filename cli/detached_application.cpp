// SPDX-License-Identifier: Apache-2.0
#include "cli/detached_application.hpp"

#include "backend/schema_version.hpp"

namespace ashlar::cli {

namespace {

backend::Settings detached_settings(DetachedApplication::Features features) {
  backend::Settings out;
  out.database_url = "sqlite::memory:";
  out.tokens.access_secret = "an access secret that signs no token";
  out.tokens.refresh_secret = "a refresh secret that signs no token";
  if (features == DetachedApplication::Features::all)
    out.passkeys.relying_party = {.id = "localhost", .origins = {"http://localhost:3000"}};
  SystemRandom random;
  out.secret_keys.push_back(auth::SecretBoxKey::generate("detached", random));
  return out;
}

}  // namespace

DetachedApplication::DetachedApplication(Features features) : context_(detached_settings(features)) {
  value_or_exit(backend::migrate_up(*context_.database, context_.clock));
  application_ =
      std::make_unique<backend::Application>(context_.settings, backend::Dependencies{.clock = context_.clock,
                                                                                      .random = context_.random,
                                                                                      .logger = context_.logger,
                                                                                      .database = *context_.database});
}

}  // namespace ashlar::cli
