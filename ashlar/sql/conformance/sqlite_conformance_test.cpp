// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/conformance/suite.hpp"
#include "ashlar/sql/open.hpp"

namespace ashlar::sql::conformance {

Driver sqlite_driver() {
  const auto open = [](const Wanted& wanted) {
    OpenOptions options;
    options.sqlite.queue_max = wanted.queue_max;
    options.sqlite.transaction_time_max = wanted.transaction_time_max;
    options.sqlite.schema = wanted.schema;
    options.sqlite.statement_time_max = wanted.statement_time_max;
    auto database = open_database("sqlite::memory:", options);
    EXPECT_TRUE(database) << database.error().message();
    return std::move(*database);
  };
  return {.name = "Sqlite",
          .open = open,
          .uuid = "text",
          .timestamp = "integer",
          .blob = "blob",
          .number = "real",
          .key = "integer primary key"};
}

namespace {

INSTANTIATE_TEST_SUITE_P(Driver, Conformance, testing::Values(sqlite_driver()), driver_name);

}  // namespace
}  // namespace ashlar::sql::conformance
