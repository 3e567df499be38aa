// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/mail/message.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/test_client.hpp"
#include "backend/application.hpp"
#include "tests/support/api_scenario.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::test {

// A signed-in user.
struct Person {
  std::string id;
  std::string email;
  std::string token;
  std::string refresh_token;
};

// An empty database: SQLite's in memory, or with ASHLAR_TEST_DATABASE=postgres one on a server of the test program.
[[nodiscard]] std::string new_database_url();
// The same with the backend's schema, where copying is quicker than migrating: on PostgreSQL, one that is migrated once
// per test program is copied.
[[nodiscard]] std::string prepared_database_url();

// The whole reference backend in the process, on a database of its own, with a clock under the test's control.
class TestBackend {
 public:
  // Without options, the log shows faults on standard error. At the level `debug` it has each statement.
  explicit TestBackend(const std::string& database_url = prepared_database_url(),
                       std::optional<log::LogOptions> log = std::nullopt, backend::Stage stage = backend::Stage::test);
  TestBackend(const std::string& database_url, backend::Stage stage) : TestBackend(database_url, std::nullopt, stage) {}
  // With other settings than the usual ones of the tests.
  using ChangeSettings = std::function<void(backend::Settings&)>;
  explicit TestBackend(ChangeSettings change, const std::string& database_url = prepared_database_url(),
                       std::optional<log::LogOptions> log = std::nullopt);
  ~TestBackend();

  web::TestClient& client() { return *clients_.back(); }
  ManualClock& clock() { return clock_; }
  sql::Database& database() { return *database_; }
  log::Logger& logger() { return logger_; }
  backend::Application& application() { return *application_; }

  // Another client with a loop of its own, for another thread of the test.
  web::TestClient& new_client() { return new_client(*application_); }
  web::TestClient& new_client(backend::Application& of);

  // Another instance on the same database, as if it were another process, with settings that `change` changes.
  backend::Application& new_instance(const std::function<void(backend::Settings&)>& change = {});

  // The same database under a new Application: what a restart keeps.
  void restart();
  // Of the next Application: change them, then restart().
  backend::Settings& settings() { return settings_; }

  // Registers <name>@example.com, with the password "a long password".
  Person person(const std::string& name);
  Person admin();  // the only admin, admin@example.com
  // A user with permissions of their own.
  Person person_with(const std::string& name, const std::vector<std::string>& permissions);
  Person sign_in(const std::string& email);
  // Tokens of the person that are not, or no longer, valid.
  BadTokens bad_tokens();

  // Runs the jobs that are due.
  void run_jobs();
  // Sends what waits; then the mails to the address that this Application keeps, newest first.
  std::vector<mail::Message> mails_to(const std::string& address);
  // The token in the newest of them with that subject. Throws std::runtime_error when there is none.
  std::string mailed_token(const std::string& address, const std::string& subject);

  // Each from a thread and a client of its own, all at once; the replies' statuses, sorted.
  std::vector<int> at_once(const std::vector<web::TestRequest>& requests);
  std::vector<int> at_once(std::size_t threads, const web::TestRequest& request) {
    return at_once(std::vector(threads, request));
  }

  // Writes to the database, bypassing the application.
  void run(const std::string& sql, std::vector<sql::Value> parameters = {});

  // A request with a user's token.
  web::TestReply as(const Person& who, http::Method method, std::string target, std::string body = {});

  static constexpr const char* password = "a long password";

 private:
  backend::Settings settings_;
  ManualClock clock_;
  SystemRandom random_;
  log::Logger logger_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<backend::Application> application_;
  std::vector<std::unique_ptr<backend::Application>> other_instances_;
  // All that there were: the database answers into their loops, which must outlive it.
  std::vector<std::unique_ptr<web::TestClient>> clients_;
  std::optional<BadTokens> bad_tokens_;
};

}  // namespace ashlar::test
