// SPDX-License-Identifier: Apache-2.0
// What a transaction finds locked by another one.
#include "ashlar/sql/query.hpp"
#include "tests/support/postgres_test.hpp"

namespace ashlar::sql::postgres {
namespace {

using tests::code_of;

struct Job {
  std::int64_t id = 0;
};
ASHLAR_DESCRIBE(Job, id)
ASHLAR_TABLE(Job, "jobs")

class PostgresLocks : public tests::PostgresTest {};

TEST_F(PostgresLocks, AreWaitedForLeftOutOrRefused) {
  auto& db = open_with("create table jobs (id bigint primary key); insert into jobs values (1), (2);");
  auto holder = *await(db.begin());
  ASSERT_TRUE(await(from<Job>().where(col<&Job::id> == 1).for_update().all(holder)));
  auto other = *await(db.begin());
  const auto free = await(from<Job>().for_update(LockedRows::skip).all(other));
  ASSERT_TRUE(free) << free.error().cause();
  ASSERT_EQ(free->size(), 1U);
  EXPECT_EQ(free->front().id, 2);
  EXPECT_EQ(code_of(await(from<Job>().for_share(LockedRows::refuse).all(other))), "database.serialization");
}

}  // namespace
}  // namespace ashlar::sql::postgres
