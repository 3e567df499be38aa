// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/application.hpp"
#include "cli/command_context.hpp"

#include <memory>

namespace ashlar::cli {

// The application on an empty database in memory and with secrets of the moment, for what is asked about it and not of
// it: its routes, its description. Needs no configuration and leaves nothing behind.
class DetachedApplication {
 public:
  DetachedApplication();

  web::App& app() { return application_->app(); }

 private:
  CommandContext context_;
  std::unique_ptr<backend::Application> application_;
};

}  // namespace ashlar::cli
