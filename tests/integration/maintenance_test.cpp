// SPDX-License-Identifier: Apache-2.0
// Operations tasks besides serving: drift, drafts of migrations, backups, the doctor.
#include "tests/integration/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace ashlar::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Maintenance : public testing::Test {
 protected:
  Finished run(std::vector<std::string> arguments) {
    return test::run(ashlar(std::move(arguments), folder_, variables_));
  }
  [[nodiscard]] bool postgres() const { return variables_.contains("DATABASE_URL"); }
  [[nodiscard]] std::string file(const std::string& name) const { return (folder_.path() / name).string(); }
  static bool signs_in(Server& server, const std::string& name) {
    return ApiClient(server.port())
               .call("POST", "/api/auth/login",
                     R"({"email": ")" + name + R"(@example.com", "password": "a long password"})")
               .status == 200;
  }
  TemporaryFolder folder_;
  Variables variables_ = server_variables();
};

TEST_F(Maintenance, StatusNamesManualChanges) {
  ASSERT_EQ(run({"migrate", "up"}).exit_code, 0);
  EXPECT_THAT(run({"migrate", "status"}).out, HasSubstr("The schema matches the applied migrations."));
  run_sql(
      folder_, variables_,
      "create table extra (id integer primary key); drop index products_price; alter table posts add column slug text");
  const auto status = run({"migrate", "status"});
  EXPECT_EQ(status.exit_code, 1);
  EXPECT_THAT(status.out, testing::AllOf(HasSubstr("table extra"), HasSubstr("index products_price"),
                                         HasSubstr("column posts.slug"), Not(HasSubstr("table users")),
                                         Not(HasSubstr("column users"))));
}

TEST_F(Maintenance, ANewMigrationIsWrittenWhereItBelongsOrNotAtAll) {
  const std::filesystem::path sources = ASHLAR_SOURCE_DIR "/backend/migrations";
  EXPECT_EQ(run({"migrate", "new", "Odd-Name"}).exit_code, 64);
  EXPECT_THAT(run({"migrate", "new", "slug"}).err, HasSubstr("no folder backend/migrations"));
  std::filesystem::create_directories(file("backend"));
  std::filesystem::copy(sources, file("backend/migrations"));
  if (!postgres()) EXPECT_THAT(run({"migrate", "new", "slug"}).err, HasSubstr("--only sqlite"));
  const auto drafted =
      postgres() ? run({"migrate", "new", "slug"}) : run({"migrate", "new", "slug", "--only", "sqlite"});
  EXPECT_EQ(drafted.exit_code, 0) << drafted.err;
  EXPECT_EQ(drafted.out, "nothing to do: the migrations match the models\n");
  std::ofstream(file("backend/migrations/0099_later.sqlite.up.sql")) << "select 1;";
  EXPECT_THAT(run({"migrate", "new", "slug", "--only", "sqlite"}).err, HasSubstr("build it first"));
}

TEST_F(Maintenance, ABackupOfARunningServerIsPutBackWhenItHasStopped) {
  if (postgres()) {
    const auto refused = run({"backup", "backup.db"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.err, HasSubstr("pg_dump --format=custom --file='backup.db' 'postgresql://"));
    EXPECT_THAT(run({"restore", "backup.db"}).err, HasSubstr("pg_restore"));
    return;
  }
  {
    Server server(folder_, variables_);
    ASSERT_EQ(ApiClient(server.port()).sign_up("before").status, 201);
    const auto made = run({"backup", "backup.db"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    EXPECT_THAT(made.out, testing::MatchesRegex("backup.db: [0-9]+ bytes, sha256 [0-9a-f]+\n"));
    EXPECT_THAT(run({"backup", "backup.db"}).err, HasSubstr("--force"));
    ASSERT_EQ(ApiClient(server.port()).sign_up("after").status, 201);
    const auto refused = run({"restore", "backup.db", "--force"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.err, HasSubstr("is in use: stop the server"));
    EXPECT_TRUE(signs_in(server, "after")) << "it works as before";
    server.process().signal(SIGTERM);
    EXPECT_EQ(server.process().wait(), 0);
  }
  EXPECT_THAT(run({"restore", "backup.db"}).err, HasSubstr("--force"));
  const auto restored = run({"restore", "backup.db", "--force"});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  Server server(folder_, variables_);
  EXPECT_TRUE(signs_in(server, "before"));
  EXPECT_FALSE(signs_in(server, "after"));
}

TEST_F(Maintenance, TheDoctorFindsWhatIsWrongAndNothingElse) {
  EXPECT_EQ(run({"doctor"}).exit_code, 1) << "there is no schema yet";
  ASSERT_EQ(run({"migrate", "up"}).exit_code, 0);
  const auto healthy = run({"doctor"});
  EXPECT_EQ(healthy.exit_code, 0) << healthy.out;
  EXPECT_THAT(healthy.out, Not(HasSubstr("finding")));

  run_sql(folder_, variables_,
          "drop index products_price; insert into schema_migrations select 99, 'later', checksum, "
          "applied_at from schema_migrations where number = 1");
  std::ofstream(file(".env")) << "LOG_LEVEL=info\n";
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(file(".env"), std::filesystem::perms(0644));
  const auto ill = run({"doctor", "--json"});
  EXPECT_EQ(ill.exit_code, 1);
  EXPECT_THAT(ill.out, testing::AllOf(testing::StartsWith(R"({"healthy":false,"checks":[)"),
                                      HasSubstr(R"({"name":"migrations","state":"finding")"), HasSubstr("0099_later"),
                                      HasSubstr(R"({"name":"drift","state":"skipped")"), HasSubstr("chmod 600 .env")));
  run_sql(folder_, variables_, "delete from schema_migrations where number = 99");
  EXPECT_THAT(run({"doctor"}).out, HasSubstr("index products_price"));
}

// In production what is unsafe is a finding with a remedy; elsewhere the same is a note.
TEST_F(Maintenance, TheDoctorFindsSettingsThatAreUnsafe) {
  variables_["METRICS_PORT"] = "0";
  variables_["HOST"] = "0.0.0.0";
  variables_["DATABASE_URL"] = "postgresql://ashlar:hush@[2001:db8::1]:1/ashlar?connect_timeout=2";
  variables_["REDIS_URL"] = "redis://:hush@cache.example";
  const std::map<std::string, std::string> findings = {{"METRICS_TOKEN", "set METRICS_TOKEN"},
                                                       {"RATE_LIMIT_MAX", "remove it"},
                                                       {"BCRYPT_COST", "at least 10"},
                                                       {"DATABASE_URL", "sslmode=verify-full"},
                                                       {"REDIS_URL", "rediss://"}};
  for (const char* stage : {"production", "development"}) {
    variables_["APP_ENV"] = stage;
    const std::string found = run({"doctor", "--json"}).out;
    EXPECT_THAT(found, Not(HasSubstr("hush")));
    const std::string state = std::string(stage) == "production" ? "finding" : "note";
    for (const auto& [name, advice] : findings) {
      const std::string check = R"({"name":")" + name + R"(","state":")" + state + '"';
      EXPECT_THAT(found, testing::AllOf(HasSubstr(check), HasSubstr(advice)));
    }
  }
  variables_["APP_ENV"] = "production";
  variables_["METRICS_TOKEN"] = "p8Zq3vN1xT7wKe5R";
  variables_["RATE_LIMIT_MAX"] = "100";
  variables_["BCRYPT_COST"] = "12";
  variables_["DATABASE_URL"] = "postgresql://ashlar:hush@[2001:db8::1]:1/ashlar?sslmode=verify-full&connect_timeout=2";
  variables_["REDIS_URL"] = "rediss://:hush@cache.example";
  const std::string safe = run({"doctor", "--json"}).out;
  for (const auto& [name, advice] : findings) EXPECT_THAT(safe, HasSubstr(R"({"name":")" + name + R"(","state":"ok")"));
}

TEST_F(Maintenance, TheDoctorReportsWhatIsUnreachableOrWrong) {
  variables_["DATABASE_URL"] = "postgresql://ashlar:hush@127.0.0.1:1/ashlar";
  const auto away = run({"doctor"});
  EXPECT_EQ(away.exit_code, 1);
  EXPECT_THAT(away.out, testing::AllOf(HasSubstr("skipped"), Not(HasSubstr("hush"))));
  variables_["LOG_LEVEL"] = "loud";
  const auto wrong = run({"doctor"});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.out, HasSubstr("LOG_LEVEL"));
}

}  // namespace
}  // namespace ashlar::test
