// SPDX-License-Identifier: Apache-2.0
// The commands, as a person or a script uses them.
#include "tests/integration/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Cli : public testing::Test {
 protected:
  Finished run(std::vector<std::string> arguments, std::string input = {}) {
    return test::run(ashlar(std::move(arguments), folder, server_variables(), std::move(input)));
  }
  TemporaryFolder folder;
};

TEST_F(Cli, RefusesWhatItDoesNotKnow) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"server"},
                                             {"serve", "--prot", "1"},
                                             {"serve", "--port", "many"},
                                             {"serve", "--port", "65536"},
                                             {"migrate"},
                                             {"migrate", "up", "--wait", "-1"},
                                             {"serve", "--migrate", "--no-migrate"},
                                             {"migrate", "lint", "--since", "-1"},
                                             {"migrate", "lint", "--since", "1", "--all"},
                                             {"migrate", "lint", "--pending", "--folder", "migrations"},
                                             {"user", "create"},
                                             {"user", "grant", "ada@example.com"},
                                             {"migrate", "down", "--steps", "0"}}) {
    const auto finished = run(words);
    EXPECT_EQ(finished.exit_code, 64) << testing::PrintToString(words) << finished.out;
    EXPECT_FALSE(finished.err.empty());
  }
}

TEST_F(Cli, SuggestsCommandsOptionsAndVariables) {
  EXPECT_THAT(run({"serv"}).err, HasSubstr("There is no command serv. Did you mean serve?"));
  EXPECT_THAT(run({"user", "crate"}).err, HasSubstr("There is no command crate. Did you mean create?"));
  EXPECT_THAT(run({"serve", "--prot", "1"}).err, HasSubstr("There is no option --prot. Did you mean --port?"));
  EXPECT_THAT(run({"frobnicate"}).err, testing::AllOf(HasSubstr("There is no command"), Not(HasSubstr("mean"))));
  std::ofstream(folder.path() / ".env") << "JWT_SECRTE=" << std::string(40, 's') << "\nCOMPOSE_PROJECT=shop\n";
  EXPECT_THAT(run({"migrate", "status"}).err,
              testing::AllOf(HasSubstr(".env: There is no variable JWT_SECRTE. Did you mean JWT_SECRET?"),
                             Not(HasSubstr("COMPOSE"))));
}

TEST_F(Cli, SaysWhatToDoAboutAPortOrADatabase) {
  const Server first(folder);
  auto variables = server_variables();
  const auto port = std::to_string(first.port());
  const TemporaryFolder other;
  const auto taken = test::run(ashlar({"serve", "--host", "127.0.0.1", "--port", port}, other, variables));
  EXPECT_EQ(taken.exit_code, 1);
  EXPECT_THAT(taken.err, HasSubstr("or choose another: --port N, or PORT=N"));
  variables["DATABASE_URL"] = "sqlite:/proc/nowhere/ashlar.db";
  const auto unwritable = test::run(ashlar({"serve"}, other, variables));
  EXPECT_EQ(unwritable.exit_code, 1);
  EXPECT_THAT(unwritable.err, HasSubstr("Make its folder writable for this user"));
  variables["DATABASE_URL"] = "postgresql://ada@127.0.0.1:1/none";
  EXPECT_THAT(test::run(ashlar({"migrate", "status"}, other, variables)).err, HasSubstr("Check DATABASE_URL"));
}

TEST_F(Cli, HealthIsThatOfTheServerOnThisMachine) {
  auto variables = server_variables();
  variables["HOST"] = "127.0.0.1";
  const auto health = [&] { return test::run(ashlar({"health"}, folder, variables)); };
  variables["DRAIN_DELAY"] = "60s";
  std::optional<Server> server(std::in_place, folder, variables);
  variables["PORT"] = std::to_string(server->port());
  EXPECT_EQ(health().exit_code, 0) << health().err;
  server->process().signal(SIGTERM);
  server->process().wait_for("stopping");
  auto draining = health();
  while (draining.exit_code == 0) draining = health();  // it drains after that line
  EXPECT_EQ(draining.exit_code, 1);
  EXPECT_THAT(draining.err, HasSubstr("/health/ready answers 503"));
  server.reset();
  EXPECT_EQ(health().exit_code, 1);
}

TEST_F(Cli, HelpsAndSaysItsVersion) {
  EXPECT_THAT(run({"--help"}).out, HasSubstr("ashlar user create ada@example.com"));
  EXPECT_EQ(run({"serve", "--help"}).exit_code, 0);
  EXPECT_THAT(run({"--version"}).out, testing::MatchesRegex("ashlar [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(Cli, PrintsItsRoutesAndDescriptionWithoutAnyConfiguration) {
  const auto routes = test::run(ashlar({"routes"}, folder, {}));
  EXPECT_EQ(routes.exit_code, 0) << routes.err;
  EXPECT_THAT(routes.out, HasSubstr("permission create:product"));
  const auto openapi = test::run(ashlar({"openapi"}, folder, {}));
  EXPECT_THAT(openapi.out, testing::StartsWith(R"({"openapi":"3.1.0")"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "nothing is left behind";
}

TEST_F(Cli, MigratesUpAndDown) {
  EXPECT_EQ(run({"migrate", "status"}).exit_code, 1);
  EXPECT_THAT(run({"migrate", "up", "--dry-run"}).out, HasSubstr("create table users"));
  EXPECT_THAT(run({"migrate", "status"}).out, HasSubstr("pending"));
  EXPECT_THAT(run({"migrate", "up"}).out, HasSubstr("applied 0001_users"));
  EXPECT_EQ(run({"migrate", "up"}).out, "nothing to do\n");
  const auto status = run({"migrate", "status"});
  EXPECT_EQ(status.exit_code, 0);
  EXPECT_THAT(status.out, Not(HasSubstr("pending")));
  EXPECT_THAT(run({"migrate", "down", "--dry-run"}).out, HasSubstr("-- 00"));
  EXPECT_THAT(run({"migrate", "down", "--steps", "1000"}).out, HasSubstr("took back 0001_users"));
  EXPECT_EQ(run({"migrate", "status"}).exit_code, 1);
}

TEST_F(Cli, LintsMigrationsInAFolder) {
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(folder.path() / "migrations" / name) << text;
  };
  EXPECT_THAT(run({"migrate", "lint"}).err, HasSubstr("There is no folder backend/migrations or migrations"));
  std::filesystem::create_directory(folder.path() / "migrations");
  write("0001_a.sqlite.up.sql", "create table a (id text primary key, b text);\n");
  write("0001_a.postgres.up.sql", "create table a (id text primary key, b text);\n");
  write("0002_b.sqlite.up.sql", "alter table a drop column b;\n");
  write("0002_b.postgres.up.sql", "-- lint: allow drop-column because 1.4 ended\nalter table a drop column b;\n");
  const auto found = run({"migrate", "lint"});
  EXPECT_EQ(found.exit_code, 1);
  EXPECT_THAT(found.out, HasSubstr("migrations/0002_b.sqlite.up.sql:1: drop-column: a.b\n  Statements of the running"));
  EXPECT_THAT(found.out, HasSubstr("\n1 finding in 4 migrations, 1 reviewed exception\n"));
  const auto json = run({"migrate", "lint", "--json"});
  EXPECT_EQ(json.exit_code, 1);
  EXPECT_THAT(json.out, HasSubstr(R"({"migrations":4,"findings":[{"file":"migrations/0002_b.sqlite.up.sql","line":1,)"
                                  R"("rule":"drop-column","object":"a.b","breaks":")"));
  EXPECT_THAT(json.out, HasSubstr(R"("exceptions":[{"file":"migrations/0002_b.postgres.up.sql","line":1,)"
                                  R"("rule":"drop-column","reason":"1.4 ended"}])"));
  EXPECT_EQ(run({"migrate", "lint", "--only", "postgres"}).exit_code, 0);
  EXPECT_EQ(run({"migrate", "lint", "--since", "0"}).exit_code, 0);
  EXPECT_EQ(run({"migrate", "lint", "--since", "1"}).exit_code, 1);
  EXPECT_THAT(run({"migrate", "lint", "--since", "3"}).err, HasSubstr("and the last one is 2"));

  write("lint.txt", "# released\nskip through 2 because 1.0 has them\n");
  EXPECT_EQ(run({"migrate", "lint"}).out, "0 findings in 0 migrations\n");
  EXPECT_EQ(run({"migrate", "lint", "--all"}).exit_code, 1);
  EXPECT_EQ(run({"migrate", "lint", "--since", "1"}).exit_code, 1);
  for (const char* line :
       {"skip through 2", "skip through 2 because ", "skip 2 because x", "skip through 3 because x"}) {
    write("lint.txt", std::string(line) + "\n");
    const auto refused = run({"migrate", "lint"});
    EXPECT_EQ(refused.exit_code, 1) << line;
    EXPECT_THAT(refused.err, HasSubstr("lint.txt")) << line;
  }
  write("lint.txt", "");
  write("2_c.sqlite.up.sql", "select 1;");
  EXPECT_THAT(run({"migrate", "lint"}).err, HasSubstr("the name must be NNNN_name.sqlite.up.sql"));
}

TEST_F(Cli, LintsTheMigrationsOfTheBackendAndWhatIsPending) {
  const std::string sources = ASHLAR_SOURCE_DIR "/backend/migrations";
  EXPECT_EQ(run({"migrate", "lint", "--folder", sources}).exit_code, 0);
  EXPECT_EQ(run({"migrate", "lint", "--folder", sources, "--all"}).exit_code, 1);
  // Nothing runs on an empty database; a version that runs with the first four migrations is broken by the later ones.
  EXPECT_EQ(run({"migrate", "lint", "--pending"}).exit_code, 0);
  ASSERT_EQ(run({"migrate", "up"}).exit_code, 0);
  EXPECT_EQ(run({"migrate", "lint", "--pending"}).out, "0 findings in 0 migrations\n");
  ASSERT_EQ(run({"migrate", "down", "--steps", "21"}).exit_code, 0);
  const auto pending = run({"migrate", "lint", "--pending"});
  EXPECT_EQ(pending.exit_code, 1);
  EXPECT_THAT(pending.out, HasSubstr("0006_account_permissions."));
}

TEST_F(Cli, ProgramsThatMigrateAtOnceTakeTurns) {
  std::vector<std::unique_ptr<Process>> programs;
  for (int i = 0; i < 4; ++i)
    programs.push_back(std::make_unique<Process>(ashlar({"migrate", "up"}, folder, server_variables())));
  std::string out;
  for (const auto& program : programs) {
    EXPECT_EQ(program->wait(), 0) << program->err();
    out += program->out();
  }
  for (const char* step : {"applied 0001_users", "applied 0002_sessions", "applied 0003_posts"}) {
    const auto at = out.find(step);
    EXPECT_NE(at, std::string::npos) << step << out;
    EXPECT_EQ(out.find(step, at + 1), std::string::npos) << step << " twice";
  }
  EXPECT_EQ(run({"migrate", "status"}).exit_code, 0);
}

TEST_F(Cli, LooksAfterAccounts) {
  const std::vector<std::string> create{"user", "create", "ada@example.com", "--name", "Ada", "--role", "admin"};
  EXPECT_THAT(run(create, "a long password\n").err, HasSubstr("ashlar migrate up"));
  ASSERT_EQ(run({"migrate", "up"}).exit_code, 0);

  EXPECT_THAT(run(create, "short\n").err, HasSubstr("password"));
  EXPECT_THAT(run(create, "password1\n").err, HasSubstr("tried first"));
  EXPECT_THAT(run(create, "ada@example.com\n").err, HasSubstr("tried first"));
  EXPECT_EQ(run(create, "a long password\n").exit_code, 0);
  EXPECT_THAT(run(create, "a long password\n").err, HasSubstr("taken"));
  EXPECT_EQ(run({"user", "create", "eve", "--name", "Eve"}, "a long password\n").exit_code, 1);
  EXPECT_EQ(run({"user", "create", "eve@example.com", "--name", "Eve"}, "a long password\n").exit_code, 0);
  EXPECT_EQ(
      run({"user", "create", "bob@example.com", "--name", "Bob", "--role", "root"}, "a long password\n").exit_code, 1);

  EXPECT_EQ(run({"user", "grant", "eve@example.com", "create:product"}).exit_code, 0);
  EXPECT_EQ(run({"user", "grant", "eve@example.com", "create:product"}).exit_code, 0) << "once more changes nothing";
  EXPECT_EQ(run({"user", "grant", "eve@example.com", "create:gold"}).exit_code, 1);
  EXPECT_EQ(run({"user", "grant", "nobody@example.com", "create:product"}).exit_code, 1);
  EXPECT_THAT(run({"user", "list", "--search", "EVE"}).out,
              testing::AllOf(HasSubstr("create:product"), HasSubstr("1 of 1"), Not(HasSubstr("ada@"))));

  EXPECT_THAT(run({"user", "role", "ada@example.com", "user"}).err, HasSubstr("last admin"));
  EXPECT_THAT(run({"user", "remove", "ada@example.com"}).err, HasSubstr("last admin"));
  EXPECT_EQ(run({"user", "role", "eve@example.com", "admin"}).exit_code, 0);
  EXPECT_EQ(run({"user", "remove", "ada@example.com"}).exit_code, 0);
  EXPECT_EQ(run({"user", "revoke", "eve@example.com", "create:product"}).exit_code, 0);
  EXPECT_EQ(run({"user", "revoke", "eve@example.com", "create:product"}).exit_code, 1);
  EXPECT_THAT(run({"user", "password", "eve@example.com"}, "12345678\n").err, HasSubstr("tried first"));
  EXPECT_EQ(run({"user", "password", "eve@example.com"}, "another long one\n").exit_code, 0);

  Server server(folder);
  ApiClient client(server.port());
  EXPECT_EQ(
      client.call("POST", "/api/auth/login", R"({"email": "eve@example.com", "password": "a long password"})").status,
      401);
  EXPECT_EQ(
      client.call("POST", "/api/auth/login", R"({"email": "eve@example.com", "password": "another long one"})").status,
      200);
}

TEST_F(Cli, TurnsALostSecondFactorOff) {
  const std::string login = R"({"email": "eve@example.com", "password": "a long password"})";
  Server server(folder);
  ApiClient client(server.port());
  const auto signed_up = client.sign_up("eve");
  EXPECT_THAT(run({"user", "mfa-reset", "nobody@example.com"}).err, HasSubstr("no account"));
  EXPECT_THAT(run({"user", "mfa-reset", "eve@example.com"}).err, HasSubstr("no second factor"));
  run_sql(folder, server_variables(),
          "update users set mfa_enabled = true where email = 'eve@example.com';"
          "insert into mfa_secrets (user_id, secret, enabled_at, wrong_codes, wrong_codes_since) "
          "select id, 'sealed', created_at, 0, created_at from users where email = 'eve@example.com';");
  ASSERT_EQ(client.call("POST", "/api/auth/login", login).at("/data/mfaRequired"), "true");

  EXPECT_EQ(run({"user", "mfa-reset", "eve@example.com"}).exit_code, 0);
  EXPECT_EQ(client.call("POST", "/api/auth/login", login).at("/data/user/mfaEnabled"), "false");
  EXPECT_EQ(
      client.call("POST", "/api/auth/refresh", R"({"refreshToken": ")" + signed_up.at("/data/refreshToken") + R"("})")
          .at("/code"),
      "auth.token_revoked");
  EXPECT_EQ(run({"user", "mfa-reset", "eve@example.com"}).exit_code, 1);
}

TEST_F(Cli, SeedsAnEmptyDatabaseOnceAndGivesTokens) {
  ASSERT_EQ(run({"migrate", "up"}).exit_code, 0);
  const auto seeded = run({"seed", "--users", "450", "--products", "1001"});
  EXPECT_EQ(seeded.exit_code, 0) << seeded.err;
  EXPECT_EQ(run({"seed"}).exit_code, 1);
  const auto token = run({"token", "user450@example.com"});
  ASSERT_EQ(token.exit_code, 0) << token.err;
  EXPECT_EQ(run({"token", "user451@example.com"}).exit_code, 1);
  Variables production = server_variables();
  production["APP_ENV"] = "production";
  EXPECT_EQ(test::run(ashlar({"seed"}, folder, production)).exit_code, 1);

  Server server(folder);
  ApiClient client(server.port());
  EXPECT_EQ(client.call("GET", "/api/users/me", "", token.out.substr(0, token.out.size() - 1)).at("/data/name"),
            "User 450");
  EXPECT_EQ(client.call("GET", "/api/products?limit=1").at("/pagination/total"), "1001");
  const auto first = client.call("GET", "/api/products?limit=1&sort=-createdAt");
  EXPECT_EQ(first.at("/data/0/name"), "Product 1");
  EXPECT_EQ(first.at("/data/0/price"), "0.01");
  EXPECT_EQ(client.call("POST", "/api/auth/login", R"({"email": "user7@example.com", "password": "password"})").status,
            200);
}

}  // namespace
}  // namespace ashlar::test
