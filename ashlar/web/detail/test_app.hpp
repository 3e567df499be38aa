// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/revocations.hpp"
#include "ashlar/auth/token.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/web/app.hpp"
#include "ashlar/web/test_client.hpp"
#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

// The fixture of this module's tests: an App with a manual clock, a log file that can be read, and tokens for any
// principal.
namespace ashlar::web::detail {

class TestApp {
 public:
  // `mount` adds the routes.
  template <class Mount>
  explicit TestApp(Mount mount, AppOptions options = {}) {
    Routes routes;
    mount(routes);
    app_.emplace(std::move(options), api::Call::Environment{&clock, &random, &*log_}, &tokens, std::move(routes));
    client_.emplace(*app_);
  }
  ~TestApp() = default;
  TestApp(const TestApp&) = delete;
  TestApp& operator=(const TestApp&) = delete;

  TestClient& client() { return *client_; }
  TestClient* operator->() { return &*client_; }
  App& app() { return *app_; }

  std::string token_of(std::string role, std::vector<std::string> permissions = {}, Uuid id = user_id) {
    return tokens
        .issue_access({.id = id,
                       .session = session_id,
                       .token_id = {},
                       .email = "ada@example.com",
                       .role = std::move(role),
                       .permissions = std::move(permissions),
                       .expires_at = {}})
        .token;
  }
  std::string log_lines() {
    log_->flush();
    std::ostringstream out;
    out << std::ifstream(log_file_).rdbuf();
    return out.str();
  }

  static inline const Uuid user_id = *Uuid::parse("01234567-89ab-7def-8123-456789abcdef");
  static inline const Uuid other_id = *Uuid::parse("01234567-89ab-7def-8123-000000000000");
  static inline const Uuid session_id = *Uuid::parse("01234567-89ab-7def-8123-111111111111");

  ManualClock clock{Timestamp::from_milliseconds(1'800'000'000'000)};
  SeededRandom random{7};
  auth::MemoryRevocations revocations{clock};
  auth::Tokens tokens{
      {.access_secret = std::string(32, 'a'), .refresh_secret = std::string(32, 'r')}, clock, random, revocations};

 private:
  static log::LogOptions log_options(const std::string& file) {
    log::LogOptions options;
    options.level = log::Level::debug;
    options.console = log::LogOptions::Console::none;
    options.file = file;
    return options;
  }

  test::TemporaryFolder folder_;
  std::string log_file_ = folder_ / "log";
  std::optional<log::Logger> log_{std::in_place, log_options(log_file_), clock};
  std::optional<App> app_;
  std::optional<TestClient> client_;
};

}  // namespace ashlar::web::detail
