// SPDX-License-Identifier: Apache-2.0
// The permissions in an account's row, no matter who changes them and how:
// migrations/0006_account_permissions.
#include "ashlar/sql/open.hpp"
#include "backend/schema_version.hpp"
#include "tests/support/test_backend.hpp"
#include "tests/support/test_loop.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::backend {
namespace {

// Accounts are known by their names; those with the role `clerk` may update products.
class AccountPermissions : public testing::Test, protected tests::TestLoop {
 protected:
  AccountPermissions() {
    auto opened = sql::open_database(test::new_database_url());
    if (!opened) throw std::runtime_error(opened.error().cause());
    database_ = std::move(*opened);
  }
  void TearDown() override {
    while_it_runs([this] { database_->close(); });
  }

  void migrate(std::optional<std::size_t> steps = std::nullopt) {
    const auto made = migrator(*database_, clock_).up(steps);
    email_keys_ = !steps;
    ASSERT_TRUE(made) << made.error().message();
  }
  void migrate_with_clerks() {
    migrate();
    run("insert into roles (name, description) values ('clerk', 'Keeps the products');"
        "insert into role_permissions (role, permission) values ('clerk', 'update:product')");
  }
  [[nodiscard]] bool postgres() const { return database_->dialect() == sql::Dialect::postgres; }

  std::string code_of(const std::string& script) {
    const auto done = database_->run_script(script);
    return done ? "" : std::string(done.error().code().name);
  }
  void run(const std::string& script) {
    const auto done = database_->run_script(script);
    ASSERT_TRUE(done) << script << ": " << done.error().cause();
  }
  void add(const std::string& name, const std::string& role) { run(insert(name, role)); }
  [[nodiscard]] std::string insert(const std::string& name, const std::string& role,
                                   const std::string& more_columns = "", const std::string& more_values = "") const {
    const std::string no = postgres() ? "false" : "0";
    const std::string then = postgres() ? "to_timestamp(1)" : "1";
    const std::string key = email_keys_ ? ", '" + name + "@example.com'" : "";
    return "insert into users (id, email, name, role, password_hash, email_verified, mfa_enabled, created_at, "
           "updated_at" +
           std::string(email_keys_ ? ", email_key" : "") + more_columns + ") values ('" + id(name) + "', '" + name +
           "@example.com', '" + name + "', '" + role + "', 'x', " + no + ", " + no + ", " + then + ", " + then + key +
           more_values + ")";
  }
  [[nodiscard]] static std::string id(const std::string& name) {
    std::array<std::uint8_t, 16> bytes{};
    std::ranges::copy(name, bytes.begin());
    return Uuid(bytes).to_string();
  }
  [[nodiscard]] std::string grant(const std::string& name, const std::string& permission) const {
    return "insert into user_permissions (user_id, permission, created_at) values ('" + id(name) + "', '" + permission +
           "', " + (postgres() ? "to_timestamp(1)" : "1") + ")";
  }
  [[nodiscard]] static std::string revoke(const std::string& name) {
    return "delete from user_permissions where user_id = '" + id(name) + "'";
  }

  // "create:user update:product"
  std::string allowed(const std::string& name, const std::string& table = "users") {
    std::string out = "gone";
    const auto read = database_->query_blocking({.sql = "select permissions from " + table + " where name = $1",
                                                 .parameters = {name},
                                                 .on_row = [&out](const sql::Row& row) { out = row.text(0); }});
    EXPECT_TRUE(read) << read.error().cause();
    std::erase_if(out, [](char c) { return c == '[' || c == ']' || c == '"' || c == ' '; });
    std::ranges::replace(out, ',', ' ');
    return out;
  }

  ManualClock clock_{Timestamp::from_milliseconds(1'700'000'000'000)};
  std::unique_ptr<sql::Database> database_;
  bool email_keys_ = false;  // whether all migrations are applied
};

const std::string all_before_wildcards = "create:product create:user delete:product update:product";

TEST_F(AccountPermissions, AreTheRolesAndTheAccountsOwnWhateverChangesThem) {
  migrate_with_clerks();
  add("ada", "user");
  add("eve", "clerk");
  add("root", "admin");
  EXPECT_EQ(allowed("ada"), "");
  EXPECT_EQ(allowed("eve"), "update:product") << "an account that is made has its role's";
  EXPECT_EQ(allowed("root"), "*");

  struct Change {
    std::string what, sql, ada, eve;
  };
  const std::string ada = "'" + id("ada") + "'";
  for (const Change& each : std::vector<Change>{
           {"a grant", grant("ada", "create:user"), "create:user", "update:product"},
           {"a grant of what its role has", grant("eve", "update:product"), "create:user", "update:product"},
           {"another role", "update users set role = 'clerk' where id = " + ada, "create:user update:product",
            "update:product"},
           {"a role's permission added", "insert into role_permissions values ('clerk', 'create:product')",
            "create:product create:user update:product", "create:product update:product"},
           {"a role's permission removed", "delete from role_permissions where permission = 'update:product'",
            "create:product create:user", "create:product update:product"},
           {"a role's permission changed",
            "update role_permissions set permission = 'delete:product' where role = 'clerk'",
            "create:user delete:product", "delete:product update:product"},
           {"a role's permission given to another role",
            "update role_permissions set role = 'user' where role = 'clerk'", "create:user", "update:product"},
           {"the first role", "update users set role = 'user' where id = " + ada, "create:user delete:product",
            "update:product"},
           {"a grant changed", "update user_permissions set permission = 'create:product' where user_id = " + ada,
            "create:product delete:product", "update:product"},
           {"grants given to another",
            "update user_permissions set user_id = '" + id("eve") + "' where user_id = " + ada, "delete:product",
            "create:product update:product"},
           {"a permission deleted", "delete from permissions where name in ('delete:product', 'create:product')", "",
            "update:product"},
           {"a revoke", revoke("eve"), "", ""},
           {"an account deleted that had more", grant("eve", "create:user") + "; delete from users where name = 'eve'",
            "", "gone"},
       }) {
    run(each.sql);
    EXPECT_EQ(allowed("ada"), each.ada) << each.what;
    EXPECT_EQ(allowed("eve"), each.eve) << each.what;
  }
  EXPECT_EQ(allowed("root"), "*") << "its role lost nothing";
}

TEST_F(AccountPermissions, AreNotWrittenByHand) {
  migrate_with_clerks();
  run(insert("eve", "clerk", ", permissions", ", '[\"create:user\"]'"));
  EXPECT_EQ(allowed("eve"), "update:product");
  for (const char* list : {R"(["create:user"])", "[]", ""}) {
    run("update users set permissions = '" + std::string(list) + "'");
    EXPECT_EQ(allowed("eve"), "update:product") << list;
    run("update users set role = 'user', permissions = '" + std::string(list) + "'");
    EXPECT_EQ(allowed("eve"), "") << list;
    run("update users set role = 'clerk'");
  }
  if (!postgres()) run("pragma recursive_triggers = on; update users set permissions = '[]'");
  EXPECT_EQ(allowed("eve"), "update:product");
  if (!postgres()) return;
  EXPECT_NE(code_of("truncate user_permissions"), "") << "no trigger sees its rows";
  EXPECT_NE(code_of("truncate role_permissions"), "");
}

TEST_F(AccountPermissions, AreThoseOfTheViewThatTheyReplace) {
  migrate(5);
  add("ada", "user");
  add("eve", "user");
  add("root", "admin");
  run(grant("eve", "update:product") + ";" + grant("eve", "create:user"));
  const std::vector<std::pair<std::string, std::string>> expected{
      {"ada", ""}, {"eve", "create:user update:product"}, {"root", all_before_wildcards}};
  for (const auto& [name, list] : expected) EXPECT_EQ(allowed(name, "accounts"), list);
  migrate(1);
  for (const auto& [name, list] : expected) EXPECT_EQ(allowed(name), list) << name;

  ASSERT_TRUE(migrator(*database_, clock_).down(1));
  for (const auto& [name, list] : expected) EXPECT_EQ(allowed(name, "accounts"), list) << name;
  run(revoke("eve"));
  EXPECT_EQ(allowed("eve", "accounts"), "");
  const auto drift = migrator(*database_, clock_).drift();
  EXPECT_TRUE(drift && drift->empty());
  migrate(1);
  EXPECT_EQ(allowed("eve"), "");
  EXPECT_EQ(allowed("root"), all_before_wildcards);
}

// Two transactions of PostgreSQL's; SQLite has one writer.
class AccountPermissionsAtOnce : public AccountPermissions {
 protected:
  AccountPermissionsAtOnce() {
    if (!postgres()) return;
    migrate_with_clerks();
    add("ada", "user");
    add("eve", "clerk");
  }
  Result<sql::Outcome> write(sql::Transaction& in, const std::string& text) {
    return await(in.execute({.sql = text, .mode = sql::Mode::write}));
  }
  bool somebody_waits() {
    bool found = false;
    const auto read = database_->query_blocking({.sql = "select 1 from pg_stat_activity where datname = "
                                                        "current_database() and wait_event_type = 'Lock'",
                                                 .on_row = [&found](const sql::Row&) { found = true; }});
    EXPECT_TRUE(read);
    return found;
  }
  // Each in a transaction: the later one begins when the earlier one has written, which commits when the later one
  // waits for it or has written, too.
  void at_once(const std::string& earlier, const std::string& later) {
    auto one = *await(database_->begin());
    auto two = *await(database_->begin());
    auto wrote = write(one, earlier);
    ASSERT_TRUE(wrote) << earlier << ": " << wrote.error().cause();
    std::optional<Result<sql::Outcome>> done;
    start(tests::keep_result(two.execute({.sql = later, .mode = sql::Mode::write}), done));
    loop_.restart();
    for (bool waits = false; !done && !waits; loop_.poll()) waits = somebody_waits();
    ASSERT_TRUE(await(one.commit()));  // and the later one comes to its end
    ASSERT_TRUE(done && *done) << later << ": " << (*done).error().cause();
    ASSERT_TRUE(await(two.commit()));
  }
};

TEST_F(AccountPermissionsAtOnce, EndAsTheTablesSay) {
  if (!postgres()) return;
  const std::string promotion = "update users set role = 'clerk' where name = 'ada'";
  const std::string dismissal = "update users set role = 'user' where name = 'eve'";
  const std::string from_clerks = "delete from role_permissions where role = 'clerk'";
  const std::string to_clerks = "insert into role_permissions values ('clerk', 'create:product')";
  struct Scenario {
    std::string earlier, later, who, expected;
  };
  for (const Scenario& each : std::vector<Scenario>{
           {grant("ada", "create:user"), promotion, "ada", "create:user update:product"},
           {promotion, grant("ada", "create:user"), "ada", "create:user update:product"},
           {grant("ada", "create:user"), grant("ada", "create:product"), "ada", "create:product create:user"},
           {dismissal, grant("eve", "create:user"), "eve", "create:user"},
           {from_clerks, grant("eve", "create:user"), "eve", "create:user"},
           {grant("eve", "create:user"), from_clerks, "eve", "create:user"},
           {from_clerks, promotion, "ada", ""},
           {promotion, from_clerks, "ada", ""},
           {from_clerks, to_clerks, "eve", "create:product"},
           {dismissal, from_clerks, "eve", ""},
           {from_clerks, insert("bob", "clerk"), "bob", ""},
           {insert("bob", "clerk"), from_clerks, "bob", ""},
           {"update users set age = 30 where name = 'eve'", from_clerks, "eve", ""},
           {from_clerks, "update users set age = 30 where name = 'eve'", "eve", ""},
       }) {
    at_once(each.earlier, each.later);
    EXPECT_EQ(allowed(each.who), each.expected) << each.earlier << ", then " << each.later;
    run("delete from users where name = 'bob'; delete from user_permissions; delete from role_permissions where role = "
        "'clerk'; insert into role_permissions values ('clerk', 'update:product'); update users set role = 'user' "
        "where name = 'ada'; update users set role = 'clerk' where name = 'eve'");
  }
}

TEST_F(AccountPermissionsAtOnce, FailAtAStricterLevelWhereTheyCouldEndOtherwise) {
  if (!postgres()) return;
  struct Scenario {
    std::string meanwhile, change, code;
  };
  const std::string from_clerks = "delete from role_permissions where role = 'clerk'";
  for (const Scenario& each : std::vector<Scenario>{
           {grant("ada", "create:user"), "update users set role = 'clerk' where name = 'ada'",
            "database.serialization"},
           {from_clerks, "update users set role = 'clerk' where name = 'ada'", "database.serialization"},
           {from_clerks, "update users set age = 30 where name = 'eve'", "database.serialization"},
           {from_clerks, insert("bob", "clerk"), "database.serialization"},
           {"select 1", from_clerks, "database.failed"},
       }) {
    auto transaction = *await(database_->begin());
    ASSERT_TRUE(write(transaction, "set transaction isolation level repeatable read"));
    ASSERT_TRUE(write(transaction, "select count(*) from users"));  // takes the snapshot
    run(each.meanwhile);
    const auto done = write(transaction, each.change);
    EXPECT_EQ(done ? "" : done.error().code().name, each.code) << each.change;
    EXPECT_TRUE(await(transaction.rollback()));
    run("delete from role_permissions where role = 'clerk'; insert into role_permissions values ('clerk', "
        "'update:product')");
  }
}

}  // namespace
}  // namespace ashlar::backend
