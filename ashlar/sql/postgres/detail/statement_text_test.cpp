// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/statement_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::sql::postgres::detail {
namespace {

struct Case {
  std::string sql;
  std::size_t parameters = 0;
};

TEST(StatementText, RefusesWhatASharedConnectionMustNotRun) {
  for (const auto& [sql, parameters] : std::vector<Case>{
           {""},
           {" ; "},
           {"-- select 1"},
           {"/* select /* 1 */ */"},
           {"begin"},
           {"BEGIN"},
           {"/* a */ start transaction"},
           {"commit"},
           {"end"},
           {"abort"},
           {"rollback to a"},
           {"savepoint a"},
           {"prepare a as select 1"},
           {"deallocate all"},
           {"discard all"},
           {"listen a"},
           {"copy t from stdin"},
           {"set search_path = a"},
           {"reset all"},
           {"declare c cursor for select 1"},
           {std::string("select 1\0", 9)},
           {"select $1"},
           {"select $0", 1},
           {"select 1", 1},
           {"select $2", 2},
           {"select $3", 2},
           {"select '$1'", 1},
           {"select \"$1\"", 1},
           {"select 1 -- $1", 1},
           {"select $a$ $1 $a$", 1},
           {"select e'\\'$1'", 1},
           {"select $99999999999999999999", 1},
       }) {
    EXPECT_FALSE(examine(sql, parameters)) << sql;
  }
}

TEST(StatementText, DistinguishesReadsFromWrites) {
  const std::vector<std::pair<Case, Effect>> cases = {
      {{"select 1"}, Effect::reads},
      {{"  ((SELECT 1)) union (select 2)"}, Effect::reads},
      {{"select 1 for update"}, Effect::reads},
      {{"values (1)"}, Effect::reads},
      {{"with a as (select 1) select * from a"}, Effect::reads},
      {{"with a as (select 1 from t for no key update) select * from a"}, Effect::reads},
      {{"with a as (select 'delete' as \"insert\") select * from a"}, Effect::reads},
      {{"explain select 1"}, Effect::reads},
      {{"explain analyze delete from t"}, Effect::writes},
      {{"with a as (delete from t returning 1) select * from a"}, Effect::writes},
      {{"with a as (select 1) update t set i = 1"}, Effect::writes},
      {{"insert into t values ($1, $2)", 2}, Effect::adds},
      {{"with a as (insert into t values (1) returning 1) insert into u select 1"}, Effect::adds},
      {{"with a as (select 1 from t for update) insert into u select 1"}, Effect::writes},
      {{"with a as (insert into t values (1) returning 1), b as (delete from t) insert into u select 1"},
       Effect::writes},
      {{"insert into t values (1) on conflict do nothing"}, Effect::writes},
      {{"insert into t values (1) on conflict (i) do update set i = 2"}, Effect::writes},
      {{"create table t (i int)"}, Effect::writes},
      {{"set local statement_timeout = 5"}, Effect::in_transaction},
      {{"set transaction isolation level serializable"}, Effect::in_transaction},
  };
  for (const auto& [given, effect] : cases) {
    const auto found = examine(given.sql, given.parameters);
    ASSERT_TRUE(found) << given.sql << ": " << found.error().cause();
    EXPECT_EQ(*found, effect) << given.sql;
  }
}

TEST(StatementText, FindsParametersWherePostgresDoes) {
  for (const auto& [sql, parameters] : std::vector<Case>{
           {"select $1, $1, $2", 2},
           {"select 'a''$9' || $1", 1},
           {"select e'a\\\\' || $1", 1},
           {"select $$ $9 $$ || $1", 1},
           {"select $b$ $$ $9 $b$ || $1 /* $8 */ -- $7", 1},
           {"select a$1 from t where $1", 1},  // a$1 is a name
       }) {
    EXPECT_TRUE(examine(sql, parameters)) << sql;
  }
}

}  // namespace
}  // namespace ashlar::sql::postgres::detail
