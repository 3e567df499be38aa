// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/application.hpp"
#include "cli/command_context.hpp"

#include <cstdint>
#include <memory>

namespace ashlar::cli {

// The application on an empty in-memory database with placeholder secrets, for commands that describe it: its routes,
// its OpenAPI document, its protobuf. Needs no configuration and leaves nothing behind.
class DetachedApplication {
 public:
  // all: with those that are off by default, such as passkeys.
  enum class Features : std::uint8_t { by_default, all };
  explicit DetachedApplication(Features features = Features::by_default);

  web::App& app() { return application_->app(); }
  const backend::Application& application() const { return *application_; }

 private:
  CommandContext context_;
  std::unique_ptr<backend::Application> application_;
};

}  // namespace ashlar::cli
