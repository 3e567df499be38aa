// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/server.hpp"

#include "ashlar/sql/open.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string_view>

namespace ashlar::test {

namespace {

std::string test_name() {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  return std::string(info->test_suite_name()) + "." + info->name();
}

// A new database for each test, the same one throughout it.
std::string postgres_url() {
  static std::string of_test, url;
  const std::string test = test_name();
  if (test != of_test) url = tests::PostgresServer::shared().new_database();
  of_test = test;
  return url;
}

}  // namespace

Variables server_variables() {
  Variables out{{"APP_ENV", "test"},
                {"HOST", "127.0.0.1"},
                {"PORT", "0"},
                {"LOOPS", "2"},
                {"BCRYPT_COST", "4"},
                {"RATE_LIMIT_MAX", "0"},
                {"CONNECTIONS_PER_ADDRESS_MAX", "0"},  // every client of a test has this address
                {"LOG_LEVEL", "info"},
                {"JWT_SECRET", "the access secret of the tests, long enough"},
                {"JWT_REFRESH_SECRET", "the refresh secret of the tests, long enough"},
                {"SECRET_KEYS", "tests:bwY7emsMZZgNnTKsbeRRD0MTBi0rX_XgEjAUmKSvpjw"},
                {"ADMIN_EMAIL", "admin@example.com"},
                {"ADMIN_PASSWORD", "a long password"},
                {"PASSWORD_GUESS_BITS_MIN", "12"}};
  const char* kind = std::getenv("ASHLAR_TEST_DATABASE");
  if (kind != nullptr && std::string_view(kind) == "postgres") out["DATABASE_URL"] = postgres_url();
  const char* redis = std::getenv("ASHLAR_TEST_REDIS");
  if (redis != nullptr && std::string_view(redis) == "yes") {
    out["REDIS_URL"] = tests::RedisServer::shared().url();
    // The name of a test can be longer than a prefix.
    out["REDIS_KEY_PREFIX"] = std::to_string(std::hash<std::string>{}(test_name())) + ":";
  }
  for (const char* name : {"DATABASE_URL", "REDIS_URL"})
    if (const char* value = std::getenv((std::string("ASHLAR_TEST_") + name).c_str())) out[name] = value;
  return out;
}

Command ashlar(std::vector<std::string> arguments, const TemporaryFolder& folder, Variables variables,
               std::string standard_input) {
  arguments.insert(arguments.begin(), ASHLAR_BINARY);
  return {.words = std::move(arguments),
          .folder = folder.path(),
          .variables = std::move(variables),
          .standard_input = std::move(standard_input)};
}

void run_sql(const TemporaryFolder& folder, const Variables& variables, const std::string& script) {
  const auto set = variables.find("DATABASE_URL");
  const std::string url =
      set != variables.end() ? set->second : "sqlite:" + (folder.path() / "data/ashlar.db").string();
  const auto database = sql::open_database(url);
  if (!database) throw std::runtime_error(database.error().message());
  const auto done = (*database)->run_script(script);
  (*database)->close();
  if (!done) throw std::runtime_error(done.error().cause());
}

namespace {

std::vector<std::string> serve_with(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "serve");
  return arguments;
}

}  // namespace

Server::Server(const TemporaryFolder& folder, Variables variables, std::vector<std::string> arguments)
    : process_(ashlar(serve_with(std::move(arguments)), folder, std::move(variables))) {
  process_.wait_for(R"("message":"serving")");
  process_.wait_for("\"loops\":");
  const std::string log = process_.out();
  const std::string before = "\"port\":";
  port_ = static_cast<std::uint16_t>(std::stoi(log.substr(log.find(before) + before.size())));
}

Server::~Server() {
  const std::string written = process_.err();
  for (const char* report : {"WARNING: ThreadSanitizer", "ERROR: AddressSanitizer", "runtime error: "}) {
    if (const auto at = written.find(report); at != written.npos) ADD_FAILURE() << written.substr(at, 6000);
  }
}

web::TestReply ApiClient::call(const std::string& method, const std::string& target, const std::string& json,
                               const std::string& token) {
  std::string headers;
  if (!json.empty()) headers += "Content-Type: application/json\r\n";
  if (!token.empty()) headers += "Authorization: Bearer " + token + "\r\n";
  RawResponse response = client_.request(method, target, headers, json);
  return {.status = response.status, .headers = std::move(response.headers), .body = std::move(response.body)};
}

web::TestReply ApiClient::sign_up(const std::string& name) {
  return call("POST", "/api/auth/register",
              R"({"name": ")" + name + R"(", "email": ")" + name + R"(@example.com", "password": "a long password"})");
}

std::string ApiClient::admin_token() {
  // It is made when the server listens already.
  const std::string login = R"({"email": "admin@example.com", "password": "a long password"})";
  for (int attempt = 0; attempt < 200; ++attempt) {
    const auto reply = call("POST", "/api/auth/login", login);
    if (reply.status == 200) return reply.at("/data/accessToken");
  }
  throw std::runtime_error("the admin cannot sign in");
}

}  // namespace ashlar::test
