// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/migrations.hpp"
#include "ashlar/sql/open.hpp"
#include "backend/schema_version.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace ashlar::test {
namespace {

using tests::PostgresServer;

// A database whose lower('I') is a dotless i.
std::string turkish_database() {
  static int made = 0;
  const std::string name = "turkish" + std::to_string(++made);
  const auto& server = PostgresServer::shared();
  server.query("create database " + name +
               " template template0 encoding 'UTF8' locale_provider icu icu_locale 'tr-TR'");
  EXPECT_EQ(server.query("select lower('I')", name), "\u0131") << "the database is not Turkish";
  return server.url(name);
}

std::string registration(const std::string& email) {
  return R"({"name": "Ada", "email": ")" + email + R"(", "password": "a long password"})";
}

int sign_in_status(TestBackend& backend, const std::string& email) {
  return backend.client()
      .post("/api/auth/login", R"({"email": ")" + email + R"(", "password": "a long password"})")
      .status;
}

void expect_folded_addresses(TestBackend& backend) {
  const auto made = backend.client().post("/api/auth/register", registration("INFO@Iris.example"));
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.at("/data/user/email"), "INFO@Iris.example") << "as it was written";
  for (const char* email : {"INFO@Iris.example", "info@iris.example", "Info@IRIS.EXAMPLE"}) {
    EXPECT_EQ(sign_in_status(backend, email), 200) << email;
    const auto again = backend.client().post("/api/auth/register", registration(email));
    EXPECT_EQ(again.at("/code"), "user.email_taken") << email;
  }
  const Person bob = backend.person("bob");
  EXPECT_EQ(backend.as(bob, http::Method::patch, "/api/users/me", R"({"email": "inFO@iris.example"})").status, 409);
  EXPECT_EQ(backend.as(bob, http::Method::patch, "/api/users/me", R"({"email": "BIB@example.com"})").status, 200);
  EXPECT_EQ(sign_in_status(backend, "bib@example.com"), 200);
  EXPECT_EQ(sign_in_status(backend, "bob@example.com"), 401);
  EXPECT_EQ(backend.client().post("/api/auth/register", registration("BOB@example.com")).status, 201);
}

TEST(EmailKeys, FoldAlikeInEveryDatabase) {
  TestBackend in_sqlite("sqlite::memory:");
  expect_folded_addresses(in_sqlite);
  TestBackend in_postgres(PostgresServer::shared().new_database());
  expect_folded_addresses(in_postgres);
  TestBackend in_turkish(turkish_database());
  expect_folded_addresses(in_turkish);
}

// What a database holds that was made before there were keys.
class OldDatabase {
 public:
  explicit OldDatabase(const std::string& url) : database_(sql::open_database(url).value()) {
    const auto all = backend::migrations(database_->dialect());
    number_ = std::ranges::find(all, "email_keys", &sql::Migration::name)->number;
    std::ranges::copy_if(all, std::back_inserter(before_), [this](const auto& each) { return each.number < number_; });
    EXPECT_TRUE(sql::Migrator(*database_, before_, clock_).up());
  }
  ~OldDatabase() { database_->close(); }
  OldDatabase(const OldDatabase&) = delete;
  OldDatabase& operator=(const OldDatabase&) = delete;

  void add(int number, const std::string& email) {
    const bool postgres = database_->dialect() == sql::Dialect::postgres;
    const std::string no = postgres ? "false" : "0";
    const std::string then = postgres ? "to_timestamp(" + std::to_string(number) + ")" : std::to_string(number);
    run("insert into users (id, email, name, role, password_hash, email_verified, mfa_enabled, created_at, updated_at) "
        "values ('00000000-0000-7000-8000-00000000000" +
        std::to_string(number) + "', '" + email + "', 'x', 'user', 'x', " + no + ", " + no + ", " + then + ", " + then +
        ")");
  }
  void migrate() {
    const auto done = backend::migrate_up(*database_, clock_);
    ASSERT_TRUE(done) << done.error().cause();
  }
  void migrate_down() {
    const auto all = backend::migrations(database_->dialect());
    const auto steps = static_cast<std::size_t>(
        std::ranges::count_if(all, [this](const auto& each) { return each.number >= number_; }));
    const auto done = sql::Migrator(*database_, all, clock_).down(steps);
    ASSERT_TRUE(done) << done.error().cause();
  }
  std::map<std::string, std::string> keys() {
    std::map<std::string, std::string> out;
    const auto read = database_->query_blocking(
        {.sql = "select email, email_key from users",
         .parameters = {},
         .mode = sql::Mode::read,
         .on_row = [&](const sql::Row& row) { out[std::string(row.text(0))] = row.text(1); }});
    EXPECT_TRUE(read) << read.error().cause();
    return out;
  }

 private:
  void run(const std::string& script) {
    const auto done = database_->run_script(script);
    ASSERT_TRUE(done) << done.error().cause();
  }

  ManualClock clock_{Timestamp::parse("2026-05-04T08:30:00Z").value()};
  std::unique_ptr<sql::Database> database_;
  std::int64_t number_ = 0;  // of the migration that makes the keys
  std::vector<sql::Migration> before_;
};

TEST(EmailKeys, AreMadeForTheAccountsThatThereAre) {
  for (const std::string& url :
       {std::string("sqlite::memory:"), PostgresServer::shared().new_database(), turkish_database()}) {
    OldDatabase old(url);
    old.add(1, "Ada@Example.com");
    old.add(2, "INFO@example.com");
    old.migrate();
    EXPECT_EQ(old.keys()["Ada@Example.com"], "ada@example.com") << url;
    EXPECT_EQ(old.keys()["INFO@example.com"], "info@example.com") << url;
    old.migrate_down();
    old.add(3, "eve@example.com");
    old.migrate();
    EXPECT_EQ(old.keys()["eve@example.com"], "eve@example.com") << url;
  }
}

// A Turkish database took each of these. The one that could sign in keeps the address.
TEST(EmailKeys, GoToTheAccountThatCouldSignInWhereTheDatabaseTookSeveral) {
  OldDatabase old(turkish_database());
  old.add(1, "INFI@example.com");
  old.add(2, "INFi@example.com");
  old.add(3, "infi@example.com");
  old.add(4, "KIM@example.com");
  old.add(5, "LIIi@example.com");
  old.add(6, "LIiI@example.com");
  old.migrate();
  const auto keys = old.keys();
  EXPECT_EQ(keys.at("infi@example.com"), "infi@example.com");
  EXPECT_EQ(keys.at("INFI@example.com"), "infi@example.com 00000000-0000-7000-8000-000000000001");
  EXPECT_EQ(keys.at("INFi@example.com"), "infi@example.com 00000000-0000-7000-8000-000000000002");
  EXPECT_EQ(keys.at("KIM@example.com"), "kim@example.com");
  EXPECT_EQ(keys.at("LIIi@example.com"), "liii@example.com") << "none could: the oldest";
  EXPECT_EQ(keys.at("LIiI@example.com"), "liii@example.com 00000000-0000-7000-8000-000000000006");
}

}  // namespace
}  // namespace ashlar::test
