// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/test_client.hpp"
#include "tests/support/process.hpp"
#include "tests/support/raw_client.hpp"

#include <cstdint>
#include <map>
#include <string>

// The `ashlar` binary as its users have it.
namespace ashlar::test {

using Variables = std::map<std::string, std::string>;

// The environment of a server under test: its own secrets and database, a cheap hash, any free port, no rate limit, an
// admin. ASHLAR_TEST_DATABASE=postgres of the test's environment gives each test a new database on a PostgreSQL server
// of the test program's, ASHLAR_TEST_REDIS=yes keys of its own on a Redis of the program's; ASHLAR_TEST_DATABASE_URL
// and ASHLAR_TEST_REDIS_URL put it on stores that run already.
[[nodiscard]] Variables server_variables();

[[nodiscard]] Command ashlar(std::vector<std::string> arguments, const TemporaryFolder& folder,
                             Variables variables = server_variables(), std::string standard_input = {});

// Runs SQL on the database that a command in this folder, with these variables, works on.
void run_sql(const TemporaryFolder& folder, const Variables& variables, const std::string& script);

// `ashlar serve`, listening. Its end fails the test when a sanitizer has reported something of it.
class Server {
 public:
  explicit Server(const TemporaryFolder& folder, Variables variables = server_variables(),
                  std::vector<std::string> arguments = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] Process& process() { return process_; }

 private:
  Process process_;
  std::uint16_t port_ = 0;
};

// Calls the API over one connection.
class ApiClient {
 public:
  explicit ApiClient(std::uint16_t port) : client_(port) {}

  web::TestReply call(const std::string& method, const std::string& target, const std::string& json = {},
                      const std::string& token = {});
  // Registers <name>@example.com and gives the reply.
  web::TestReply sign_up(const std::string& name);
  // The access token of server_variables()'s admin.
  std::string admin_token();

  [[nodiscard]] RawClient& raw() { return client_; }

 private:
  RawClient client_;
};

}  // namespace ashlar::test
