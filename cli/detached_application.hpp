// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/application.hpp"
#include "cli/command_context.hpp"

#include <memory>

namespace ashlar::cli {

// The application on an empty in-memory database with placeholder secrets, for commands that describe it: its routes,
// its OpenAPI document. Needs no configuration and leaves nothing behind.
class DetachedApplication {
 public:
  DetachedApplication();

  web::App& app() { return application_->app(); }

 private:
  CommandContext context_;
  std::unique_ptr<backend::Application> application_;
};

}  // namespace ashlar::cli
