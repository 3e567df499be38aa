// SPDX-License-Identifier: Apache-2.0
#include "backend/raw_statements.hpp"

#include "ashlar/instances/instance_register.hpp"
#include "ashlar/instances/revocation_sync.hpp"
#include "tests/support/test_backend.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

namespace ashlar::backend {
namespace {

using Faults = std::vector<std::string>;

TEST(RawStatements, AreWhatTheMigratedDatabaseTakesAndGives) {
  test::TestBackend backend;
  sql::Database& database = backend.database();
  EXPECT_EQ(statement_faults(database, author_of_post), Faults{});
  EXPECT_EQ(statement_faults(database, count_of_deliveries), Faults{});
  EXPECT_EQ(statement_faults(database, passkeys_by_email_key), Faults{});
  EXPECT_EQ(statement_faults(database, audit_entries_total), Faults{});
  EXPECT_EQ(statement_faults(database, mail_preference_by_email_key), Faults{});
  if (database.dialect() == sql::Dialect::sqlite) {
    EXPECT_EQ(statement_faults(database, password_parameters_in_sqlite), Faults{});
    EXPECT_EQ(statement_faults(database, refresh_on_sqlite), Faults{});
    EXPECT_EQ(statement_faults(database, claim_deliveries_on_sqlite), Faults{});
    EXPECT_EQ(statement_faults(database, notify_in_app_on_sqlite), Faults{});
    EXPECT_EQ(statement_faults(database, instances::new_revocations_on_sqlite), Faults{});
    return;
  }
  EXPECT_EQ(statement_faults(database, password_parameters_in_postgres), Faults{});
  EXPECT_EQ(statement_faults(database, refresh_on_postgres), Faults{});
  EXPECT_EQ(statement_faults(database, claim_deliveries_on_postgres), Faults{});
  EXPECT_EQ(statement_faults(database, notify_in_app_on_postgres), Faults{});
  EXPECT_EQ(statement_faults(database, instances::new_revocations_on_postgres), Faults{});
  EXPECT_EQ(statement_faults(database, instances::begin_look_of_instance), Faults{});
  EXPECT_EQ(statement_faults(database, instances::end_look_of_instance), Faults{});
  EXPECT_EQ(statement_faults(database, instances::remove_instance), Faults{});
  EXPECT_EQ(statement_faults(database, instances::remove_ended_instances), Faults{});
  EXPECT_EQ(statement_faults(database, instances::other_instances), Faults{});
  EXPECT_EQ(statement_faults(database, instances::ask_other_instances), Faults{});
}

// A statement in another file would not be checked.
TEST(RawStatements, AreAllInTheirFile) {
  const std::regex by_hand(R"((sql::|[^_\w])(raw<|RawStatement<|\.sql = "))");
  std::string found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(ASHLAR_SOURCE_DIR "/backend")) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with("_test.cpp") || name == "raw_statements.hpp" ||
        !(name.ends_with(".cpp") || name.ends_with(".hpp")))
      continue;
    std::ifstream in(entry.path());
    const std::string text(std::istreambuf_iterator<char>(in), {});
    if (std::regex_search(text, by_hand)) found += name + " ";
  }
  EXPECT_EQ(found, "");
}

}  // namespace
}  // namespace ashlar::backend
