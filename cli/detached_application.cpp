// SPDX-License-Identifier: Apache-2.0
#include "cli/detached_application.hpp"

#include "backend/schema_version.hpp"

namespace ashlar::cli {

namespace {

backend::Settings detached_settings() {
  backend::Settings out;
  out.database_url = "sqlite::memory:";
  out.tokens.access_secret = "signs nothing that is ever handed out";
  out.tokens.refresh_secret = "signs nothing that is handed out, either";
  return out;
}

}  // namespace

DetachedApplication::DetachedApplication() : workplace_(detached_settings()) {
  value_or_stop(backend::migrate_up(*workplace_.database, workplace_.clock));
  application_ = std::make_unique<backend::Application>(workplace_.settings,
                                                        backend::Dependencies{.clock = workplace_.clock,
                                                                              .random = workplace_.random,
                                                                              .logger = workplace_.logger,
                                                                              .database = *workplace_.database});
}

}  // namespace ashlar::cli
