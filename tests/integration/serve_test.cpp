// SPDX-License-Identifier: Apache-2.0
// Starting and stopping.
#include "tests/integration/server.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/postgres_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace ashlar::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Serve, NamesEveryWrongVariableAndShowsNoSecret) {
  const TemporaryFolder folder;
  const auto finished = run(ashlar({"serve"}, folder,
                                   {{"APP_ENV", "production"},
                                    {"PORT", "80a"},
                                    {"JWT_SECRET", "hush-1"},
                                    {"LOG_LEVEL", "loud"},
                                    {"DATABASE_URL", "mysql://root:hush-2@db/x"},
                                    {"ADMIN_PASSWORD", "hush-3-long-enough"}}));
  EXPECT_EQ(finished.exit_code, 78);
  for (const char* name :
       {"PORT", "JWT_SECRET", "JWT_REFRESH_SECRET", "SECRET_KEYS", "LOG_LEVEL", "DATABASE_URL", "ADMIN_EMAIL"})
    EXPECT_THAT(finished.err, HasSubstr(name));
  EXPECT_THAT(finished.err + finished.out, Not(HasSubstr("hush")));
}

TEST(Serve, ReportsAnUnreachableDatabaseWithoutThePassword) {
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables["DATABASE_URL"] = "postgresql://ashlar:hush@127.0.0.1:1/ashlar";
  const auto finished = run(ashlar({"serve"}, folder, variables));
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err, HasSubstr("The PostgreSQL database cannot be reached"));
  EXPECT_THAT(finished.err + finished.out, Not(HasSubstr("hush")));
}

TEST(Serve, ReadsDotEnvAndNamesItsFaults) {
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables.erase("BCRYPT_COST");
  const std::string write = "echo 'BCRYPT_COST=cheap' > .env";
  ASSERT_EQ(run({.words = {"/bin/sh", "-c", write}, .folder = folder.path()}).exit_code, 0);
  const auto finished = run(ashlar({"serve"}, folder, variables));
  EXPECT_EQ(finished.exit_code, 78);
  EXPECT_THAT(finished.err, HasSubstr("BCRYPT_COST"));
}

TEST(Serve, SaysWhyWhenTheAddressIsTaken) {
  const TemporaryFolder folder, other;
  Server server(folder);
  const std::string port = std::to_string(server.port());
  const auto finished = run(ashlar({"serve", "--port", port}, other));
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err, HasSubstr(port));
  EXPECT_EQ(ApiClient(server.port()).call("GET", "/health").status, 200);
}

TEST(Serve, RefusesASchemaThatIsBehindInProductionAndSaysTheCommand) {
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables["APP_ENV"] = "production";
  const auto finished = run(ashlar({"serve"}, folder, variables));
  EXPECT_EQ(finished.exit_code, 65);
  EXPECT_THAT(finished.err, HasSubstr("ashlar migrate up"));
  variables["MIGRATE_ON_START"] = "yes";
  EXPECT_EQ(run(ashlar({"serve", "--no-migrate"}, folder, variables)).exit_code, 65) << "the option wins";
  variables.erase("MIGRATE_ON_START");
  Server server(folder, variables, {"--migrate"});
  EXPECT_EQ(ApiClient(server.port()).call("GET", "/health/ready").status, 200);
}

TEST(Serve, RefusesASchemaThatIsNotItsOwnWhateverTheStage) {
  const struct {
    const char* change;
    const char* message;
  } rows[] = {
      {"update schema_migrations set checksum = 'x' where number = 2",
       "0002_sessions was changed after it was applied"},
      {"update schema_migrations set number = 999 where number = 2", "0002_sessions was not applied"},
      {"insert into schema_migrations select 999, 'later', checksum, applied_at from schema_migrations where number = "
       "1",
       "0999_later, which this program does not know"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.change);
    const TemporaryFolder folder;
    Variables variables = server_variables();
    if (variables.contains("DATABASE_URL")) variables["DATABASE_URL"] = tests::PostgresServer::shared().new_database();
    ASSERT_EQ(run(ashlar({"migrate", "up"}, folder, variables)).exit_code, 0);
    run_sql(folder, variables, row.change);
    for (const char* option : {"--migrate", "--no-migrate"}) {
      const auto finished = run(ashlar({"serve", option}, folder, variables));
      EXPECT_EQ(finished.exit_code, 65) << finished.err;
      EXPECT_THAT(finished.err, HasSubstr(row.message));
    }
    EXPECT_EQ(run(ashlar({"migrate", "up"}, folder, variables)).exit_code, 65);
    EXPECT_EQ(run(ashlar({"migrate", "status"}, folder, variables)).exit_code, 1);
  }
}

TEST(Serve, WelcomesADeveloperWithALineThatWorksAsPasted) {
  const TemporaryFolder folder;
  Server server(folder, {{"HOST", "127.0.0.1"}, {"PORT", "0"}, {"BCRYPT_COST", "4"}});
  server.process().wait_for("Bearer $token\"; echo");
  const std::string welcome = server.process().err();
  EXPECT_THAT(welcome, HasSubstr("http://localhost:" + std::to_string(server.port()) + "/docs"));

  const std::size_t at = welcome.find("\ntoken=") + 1;
  const std::string line = welcome.substr(at, welcome.find('\n', at) - at);
  const auto pasted = run({.words = {"/bin/bash", "-c", line}, .folder = folder.path()});
  EXPECT_EQ(pasted.exit_code, 0);
  EXPECT_THAT(pasted.out, HasSubstr(R"({"data":{"id":)")) << pasted.err;
  EXPECT_THAT(pasted.out, HasSubstr(R"("email":"ada)"));

  // The admin that it names can sign in with the password that it shows.
  const std::string before = "admin@example.com  password ";
  const std::size_t shown = welcome.find(before) + before.size();
  const std::string password = welcome.substr(shown, welcome.find(' ', shown) - shown);
  ApiClient client(server.port());
  EXPECT_EQ(client.call("POST", "/api/auth/login", R"({"email": "admin@example.com", "password": ")" + password + "\"}")
                .status,
            200);
}

TEST(Serve, KeepsSecretsAccountsAndLogoutsOverARestart) {
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables.erase("JWT_SECRET");
  variables.erase("JWT_REFRESH_SECRET");
  variables.erase("SECRET_KEYS");
  std::string kept, ended;
  {
    Server server(folder, variables);
    ApiClient client(server.port());
    kept = client.sign_up("ada").at("/data/accessToken");
    ended = client.sign_up("eve").at("/data/accessToken");
    EXPECT_EQ(client.call("POST", "/api/auth/logout", "", ended).status, 204);
    client.raw().close();
    server.process().signal(SIGTERM);
    EXPECT_EQ(server.process().wait(), 0);
  }
  Server server(folder, variables);
  ApiClient client(server.port());
  EXPECT_THAT(server.process().out(), Not(HasSubstr("migrations applied")));
  EXPECT_EQ(client.call("GET", "/api/users/me", "", kept).at("/data/email"), "ada@example.com");
  EXPECT_EQ(client.call("GET", "/api/users/me", "", ended).at("/code"), "auth.token_revoked");
}

// Who connects while the first admin's password is being hashed waits: else a stranger could register the address.
TEST(Serve, AnswersNothingBeforeTheFirstAdminExists) {
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables["BCRYPT_COST"] = "13";
  variables["PORT"] = std::to_string(tests::free_port());
  Process server(ashlar({"serve"}, folder, variables));
  int status = 0;
  while (status == 0) {
    try {
      ApiClient client(static_cast<std::uint16_t>(std::stoi(variables["PORT"])));
      const std::string json = R"({"name": "Eve", "email": "admin@example.com", "password": "a password of Eve's"})";
      status = client.call("POST", "/api/auth/register", json).status;
    } catch (const std::runtime_error&) {  // it does not listen yet
      ASSERT_EQ(server.err(), "");
    }
  }
  EXPECT_EQ(status, 409) << "the first answer";
}

TEST(Serve, InProductionPublishesNeitherMetricsNorTheDescription) {
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables["APP_ENV"] = "production";
  const auto status_of = [](Server& server, const std::string& path) {
    return ApiClient(server.port()).call("GET", path).status;
  };
  {
    Server server(folder, variables, {"--migrate"});
    for (const char* path : {"/metrics", "/openapi.json", "/docs"}) EXPECT_EQ(status_of(server, path), 404) << path;
  }
  variables["METRICS_TOKEN"] = "p8Zq3vN1xT7wKe5R";
  variables["OPENAPI"] = "public";
  Server server(folder, variables);
  EXPECT_EQ(status_of(server, "/metrics"), 401);
  EXPECT_EQ(status_of(server, "/openapi.json"), 200);
  EXPECT_EQ(status_of(server, "/docs"), 404);
}

TEST(Serve, WarnsOfADevelopmentThatOtherMachinesReach) {
  const TemporaryFolder folder;
  Variables variables{{"PORT", "0"}, {"BCRYPT_COST", "4"}, {"HOST", "0.0.0.0"}};
  {
    Server server(folder, variables);
    EXPECT_THAT(server.process().out(), HasSubstr("other machines can reach this server"));
  }
  variables["HOST"] = "127.0.0.1";
  Server server(folder, variables);
  EXPECT_THAT(server.process().out(), Not(HasSubstr("other machines")));
}

class Stopping : public testing::TestWithParam<int> {};

TEST_P(Stopping, FinishesTheRequestThatIsInFlight) {
  const TemporaryFolder folder;
  Server server(folder);
  RawClient client(server.port());
  const std::string body = R"({"name": "Ada", "email": "ada@example.com", "password": "a long password"})";
  // The interim answer says that the request has reached its handler.
  client.send(
      "POST /api/auth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: "
      "100-continue\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n");
  ASSERT_EQ(client.read_response(RawClient::Body::none).status, 100);
  server.process().signal(GetParam());
  server.process().wait_for(R"("message":"stopping")");
  client.send(body);
  const RawResponse response = client.read_response();
  EXPECT_EQ(response.status, 201) << response.body;
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_EQ(server.process().wait(), 0);
  EXPECT_THAT(server.process().out(), HasSubstr(R"("message":"stopped")"));
}

INSTANTIATE_TEST_SUITE_P(By, Stopping, testing::Values(SIGTERM, SIGINT),
                         [](const auto& test) { return test.param == SIGTERM ? "Term" : "Int"; });

TEST(Serve, CutsOffWhatDoesNotFinishInTimeAndSaysSo) {
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables["STOP_TIME_MAX"] = "50ms";
  Server server(folder, variables);
  RawClient client(server.port());
  client.send(
      "POST /api/auth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: "
      "100-continue\r\nContent-Length: 100\r\n\r\n");
  ASSERT_EQ(client.read_response(RawClient::Body::none).status, 100);
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(), 0);
  EXPECT_THAT(server.process().out(), HasSubstr("connections were closed"));
  EXPECT_THAT(server.process().out(), HasSubstr(R"("connections":1)"));
}

TEST(Serve, ReadinessEndsBeforeTheSocketIsClosed) {
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables["DRAIN_DELAY"] = "200ms";
  Server server(folder, variables);
  ApiClient client(server.port());
  server.process().signal(SIGTERM);
  server.process().wait_for(R"("message":"stopping")");
  EXPECT_EQ(client.call("GET", "/health/ready").status, 503);
  EXPECT_EQ(ApiClient(server.port()).call("GET", "/health").status, 200);
  EXPECT_TRUE(client.raw().closed_by_server()) << "an idle connection ends by itself";
  EXPECT_EQ(server.process().wait(), 0);
}

TEST(Serve, IsNotReadyWhileItDrainsAndStillAnswers) {
  const TemporaryFolder folder;
  Variables variables = server_variables();
  variables["DRAIN_DELAY"] = "60s";
  Server server(folder, variables);
  ApiClient client(server.port());
  EXPECT_EQ(client.call("GET", "/health/ready").status, 200);
  server.process().signal(SIGTERM);
  server.process().wait_for(R"("message":"stopping")");
  web::TestReply ready = client.call("GET", "/health/ready");
  while (ready.status == 200) ready = client.call("GET", "/health/ready");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(ready.at("/missing/0"), "draining");
  EXPECT_EQ(client.call("GET", "/health").status, 200);
  EXPECT_EQ(ApiClient(server.port()).call("GET", "/health/live").status, 200) << "new connections are still taken";

  server.process().signal(SIGTERM);  // the second: at once
  EXPECT_EQ(server.process().wait(), -SIGTERM);
}

}  // namespace
}  // namespace ashlar::test
