// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/migration_lint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace ashlar::sql {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Names = std::vector<std::string>;

// The schema that the running version knows.
constexpr const char* base_postgres = R"(
create table users (id uuid primary key, email varchar(100) not null, name text not null default '', age int,
                    price numeric(10,2), email_key text constraint users_email_key unique);
create unique index users_email on users (lower(email));
create index users_age on users (age);
create table posts (id uuid primary key, author uuid not null references users (id) on delete cascade, title text);
create view authors as select distinct author from posts;
create type mood as enum ('happy', 'sad');
create function touch(a int) returns trigger language plpgsql as $$ begin return new; end $$;
create trigger posts_touch before update on posts for each row execute function touch();
alter table posts add constraint title_present check (title is not null) not valid;
)";
constexpr const char* base_sqlite = R"(
create table users (id text primary key, email text not null, name text not null default '', age integer) strict;
create unique index users_email on users (lower(email));
create index users_age on users (age);
create table posts (id text primary key, author text not null references users (id) on delete cascade, title text);
create view authors as select distinct author from posts;
create trigger posts_touch after update on posts begin update posts set title = '' where id = new.id; end;
)";

LintReport lint(Dialect dialect, std::vector<std::string> texts, const LintScope& scope = {}) {
  std::vector<Migration> migrations{
      {.number = 1, .name = "base", .up = dialect == Dialect::sqlite ? base_sqlite : base_postgres, .down = {}}};
  for (std::string& text : texts)
    migrations.push_back({.number = static_cast<std::int64_t>(migrations.size()) + 1,
                          .name = "next",
                          .up = std::move(text),
                          .down = {}});
  return lint_migrations(migrations, dialect, scope);
}

Names rules_of(const LintReport& report) {
  Names out;
  for (const LintFinding& finding : report.findings) out.push_back(finding.rule);
  return out;
}

struct Unsafe {
  const char* text;
  Names rules;
};

// What each migration breaks, on a schema that is in use.
const std::vector<Unsafe>& unsafe_postgres() {
  static const std::vector<Unsafe> all{
      {"drop table posts", {"drop-table"}},
      {"drop table if exists public.posts, \"users\" cascade", {"drop-table", "drop-table"}},
      {"DROP/* */TABLE posts", {"drop-table"}},
      {"-- a comment ends at a carriage return\rdrop table posts", {"drop-table"}},
      {"drop table unknown_to_the_migrations", {"drop-table"}},
      {"drop table posts; create table posts (id uuid)", {"drop-table"}},
      {"alter table users drop column age", {"drop-column"}},
      {"alter table only users add column a int, drop if exists age cascade", {"drop-column"}},
      {"drop view authors", {"drop-view"}},
      {"drop function touch(int)", {"drop-routine"}},
      {"drop function touch(int); create function touch(a int, b int) returns int language sql as 'select 1'",
       {"change-signature"}},
      {"alter function touch(int) rename to touched", {"drop-routine"}},
      {"drop trigger posts_touch on posts", {"drop-trigger"}},
      {"drop type mood", {"drop-type"}},
      {"alter type mood rename to moods", {"drop-type"}},
      {"drop index users_email", {"drop-unique"}},
      {"alter table users drop constraint users_email_key", {"drop-unique"}},
      {"alter table users alter name drop default", {"drop-default"}},
      {"alter table users alter column name drop not null", {"drop-not-null"}},
      {"alter table users rename to people", {"rename-table"}},
      {"alter table users set schema old", {"rename-table"}},
      {"alter view authors rename to writers", {"rename-table"}},
      {"alter table users rename name to full_name", {"rename-column"}},
      {"alter table users rename column name to full_name", {"rename-column"}},
      {"alter type mood rename value 'sad' to 'blue'", {"rename-enum-value"}},
      {"alter table users alter column age type bigint", {"change-type"}},
      {"alter table users alter email set data type varchar(50)", {"change-type"}},
      {"alter table users alter price type numeric(12,3)", {"change-type"}},
      {"alter table users alter name type text using upper(name)", {"change-type"}},
      {"alter table users add column a int not null", {"add-required-column"}},
      {"alter table users add a int not null default null", {"add-required-column"}},
      {"alter table users alter age set not null", {"set-not-null"}},
      {"alter table posts alter title set not null", {"set-not-null"}},
      {"alter table users add constraint one unique (name)", {"add-unique"}},
      {"alter table users add primary key (email)", {"add-unique"}},
      {"alter table users add column a int unique", {"add-unique"}},
      {"alter table users add exclude using gist (age with =)", {"add-unique"}},
      {"alter table users add check (age > 0)", {"add-check"}},
      {"alter table users add column a int check (a > 0)", {"add-check"}},
      {"alter table posts add constraint f foreign key (author) references users (id)", {"add-foreign-key"}},
      {"alter table posts add column editor uuid references users (id)", {"add-foreign-key"}},
      {"alter table users add constraint c check (age > 0) not valid; alter table users validate constraint c",
       {"validate-in-same-step"}},
  };
  return all;
}

const std::vector<Unsafe>& locking_postgres() {
  static const std::vector<Unsafe> all{
      {"create index on users (name)", {"index-without-concurrently"}},
      {"create unique index users_name on only users using btree (name)", {"index-without-concurrently"}},
      {"create index concurrently users_name on users (name)", {"not-in-transaction"}},
      {"drop index concurrently users_age", {"not-in-transaction"}},
      {"vacuum", {"not-in-transaction"}},
      {"-- ashlar: no transaction\ncreate index concurrently a on users (age); create index concurrently b on users "
       "(id)",
       {"several-without-transaction"}},
      {"begin; create table t (id int); commit", {"transaction-control", "transaction-control"}},
      {"alter table users add column a uuid not null default gen_random_uuid()", {"table-rewrite"}},
      {"alter table users add column a timestamptz default clock_timestamp()", {"table-rewrite"}},
      {"alter table users add column a bigserial", {"table-rewrite"}},
      {"alter table users add column a int generated always as identity", {"table-rewrite"}},
      {"alter table users add column a text generated always as (lower(name)) stored", {"table-rewrite"}},
      {"alter table users set unlogged", {"table-rewrite"}},
      {"cluster users using users_age", {"table-rewrite"}},
      {"update users set name = 'x'", {"update-all-rows"}},
      {"update users set name = 'x' where true returning id", {"update-all-rows"}},
      {"with old as (delete from posts returning id) select 1", {"delete-all-rows"}},
      {"alter table users add column a int; update users set a = 1 where age > 3", {"update-all-rows"}},
      {"delete from posts", {"delete-all-rows"}},
      {"truncate posts, users", {"delete-all-rows", "delete-all-rows"}},
      {"alter type mood add value 'calm'; insert into moods values ('calm')", {"enum-value-in-use"}},
      {"alter table users disable trigger all", {"disable-trigger"}},
      {"alter table users enable row level security", {"row-security"}},
      {"revoke select on users from app", {"revoke"}},
      {"lock table users in access exclusive mode", {"lock-table"}},
      {"reindex table users", {"lock-table"}},
      {"set local lock_timeout = '10min'", {"lock-timeout"}},
      {"set lock_timeout to 0", {"lock-timeout"}},
      {"do $$ begin execute 'drop table users'; end $$", {"opaque-block"}},
      {"select 'it''s'; select E'\\'; drop table users; --'; drop table posts", {"drop-table"}},
      {"select E'a'\n'\\''; drop table posts", {"drop-table"}},
      {"select $a$ drop table users; $b$ $a$; drop table posts", {"drop-table"}},
      {"/* /* nested */ */ drop table posts", {"drop-table"}},
      {"select 1 as \"a\"\";\"; drop table posts", {"drop-table"}},
  };
  return all;
}

const std::vector<Unsafe>& unsafe_sqlite() {
  static const std::vector<Unsafe> all{
      {"drop table posts", {"drop-table"}},
      {"drop table [posts]", {"drop-table"}},
      {"drop table `Posts`", {"drop-table"}},
      {"drop table 'posts'", {"drop-table"}},
      {"/* /* not nested */ drop table posts", {"drop-table"}},
      {"select '\\'; drop table posts; select '\\'", {"drop-table"}},
      {"alter table users drop column age", {"drop-column"}},
      {"drop view authors", {"drop-view"}},
      {"drop trigger posts_touch", {"drop-trigger"}},
      {"drop index users_email", {"drop-unique"}},
      {"alter table users rename to people", {"rename-table"}},
      {"alter table users rename to people; create view users as select * from people", {"rename-table"}},
      {"alter table users rename column name to full_name", {"rename-column"}},
      {"alter table users add column a text not null", {"add-required-column"}},
      {"create unique index users_name on users (name)", {"add-unique"}},
      {"begin; select 1; end", {"transaction-control", "transaction-control"}},
      {"update users set name = 'x'", {"update-all-rows"}},
      {"update or ignore users set name = 'x' where 1", {"update-all-rows"}},
      {"delete from posts", {"delete-all-rows"}},
      {"pragma foreign_keys = off", {"not-in-transaction"}},
      {"vacuum", {"not-in-transaction"}},
      {"pragma writable_schema = 1", {"opaque-block"}},
      {"create trigger t after insert on posts begin delete from users; end; drop table posts", {"drop-table"}},
      {"create table n (id text primary key, author text not null references users (id) on delete cascade, title text);"
       "insert into n select * from posts; drop table posts; alter table n rename to posts",
       {"table-rebuild"}},
      {"create table n (id text primary key, author text not null references users (id), title integer not null,"
       " words integer not null, check (words > 0));"
       "insert into n select * from posts; drop table posts; alter table n rename to posts",
       {"change-type", "add-required-column", "set-not-null", "add-check", "table-rebuild"}},
      {"alter table posts rename to old; create table posts (id text primary key, title text default 'x');"
       "insert into posts select id, title from old; drop table old",
       {"drop-column", "table-rebuild"}},
      {"create table n (id text primary key, email text not null, name text, age integer) strict;"
       "insert into n select * from users; drop table users; alter table n rename to users",
       {"drop-unique", "drop-default", "drop-not-null", "table-rebuild", "rebuild-without-header"}},
  };
  return all;
}

const std::vector<const char*>& safe_postgres() {
  static const std::vector<const char*> all{
      "",
      "-- only a comment",
      "create table t (id int primary key, a int not null check (a > 0) references users (id)); create index on t (a);"
      "alter table t add b int not null; alter table t rename b to c; update t set c = 1; drop table t",
      "create table if not exists t (id int); alter table t add unique (id)",
      "create temporary table t (id int); delete from t",
      "alter table users add column a int",
      "alter table users add column a int not null default 0, add b text default 'x'::text not null",
      "alter table users add column if not exists a timestamptz not null default now()",
      "alter table users add column a text default ('x' || cast(3 as text))",
      "alter table users add column a varchar(10) default 'a'::varchar(10)",
      "alter table users add a int; alter table users rename a to b; alter table users drop b",
      "alter table users add constraint c check (age > 0) not valid",
      "alter table posts add constraint f foreign key (author) references users (id) on delete set null not valid",
      "alter table posts validate constraint title_present; alter table posts alter title set not null",
      "alter table users add constraint one unique using index users_email",
      "alter table users alter age set default 3",
      "alter table users alter email type text, alter name type varchar",
      "alter table users alter email type character varying(200)",
      "alter table users alter price type numeric(12, 2)",
      "alter table users alter age drop not null",
      "alter index users_age rename to users_by_age",
      "alter table users rename constraint users_email_key to emails",
      "alter table users rename to people; create view users as select * from people",
      "drop index users_age",
      "create unique index a on posts (title); -- lint: allow index-without-concurrently because it has few rows\n"
      "drop index a",
      "-- ashlar: no transaction\ncreate unique index concurrently users_name on users (name)",
      "-- ashlar: no transaction\ndrop index concurrently users_age",
      "create or replace view authors as select author from posts",
      "drop view authors; create view authors as select author from posts",
      "create or replace function touch(a int) returns trigger language plpgsql as $$ begin delete from users; end $$",
      "drop function touch(int); create function touch(b int) returns trigger language sql as 'drop table users'",
      "drop trigger posts_touch on posts; create trigger posts_touch after update on posts for each row execute "
      "function touch()",
      "alter type mood add value if not exists 'calm'",
      "create type t as enum ('a'); alter type t add value 'b'; insert into x values ('b'); drop type t",
      "update users set name = 'x' where id = '1'",
      "insert into users (id) select id from posts on conflict (id) do update set name = 'x'",
      "delete from posts where title = 'x'",
      "set local lock_timeout = '2s'; set statement_timeout = 0",
      "comment on table users is 'drop table users'; grant select on users to app",
      "select 'drop table users; -- '; select $$drop table users$$; select $a$ $$; drop table users $a$",
      "select \"drop\", \"table\" from \"drop table users\"",
      "create function f() returns int begin atomic update users set name = ''; select case when true then 1 end; end",
      "select $1, a$b$, 1.5e3 from t where a ->> 'x' <> '/*'",
      "savepoint a; rollback to savepoint a",
  };
  return all;
}

const std::vector<const char*>& safe_sqlite() {
  static const std::vector<const char*> all{
      "",
      "create table t (id text primary key, a integer not null) strict; create unique index t_a on t (a);"
      "alter table t add column b text; alter table t rename column b to c; update t set c = 1; drop table t",
      "create table if not exists t (id text); delete from t",
      "create temp table t as select * from users; drop table t",
      "alter table users add column a text",
      "alter table users add column a text not null default ''",
      "alter table users add column a integer check (a > 0) references users (id)",
      "alter table users add column a text as (lower(name)) virtual",
      "alter table users add column a text; create unique index users_a on users (a)",
      "alter table users add column a text; alter table users drop column a",
      "create index users_name on users (name)",
      "drop index users_age",
      "drop index users_age; create index users_age on users (age, id)",
      "create view v as select * from users; drop view v",
      "drop view authors; create view authors as select author from posts",
      "create trigger t before insert on posts when case new.title when 'x' then 1 else 0 end begin"
      "  update users set name = ''; delete from posts; select case when 1 then 2 end; end",
      "drop trigger posts_touch; create trigger posts_touch after insert on posts begin select 1; end",
      "update users set name = 'x' where id = '1'",
      "with a as (select 1) update users set name = 'x' where id in (select * from a)",
      "insert into users (id) select id from posts where true on conflict (id) do update set name = 'x'",
      "delete from posts where title = 'drop table users'",
      "replace into users (id, email) values ('1', 'drop table users')",
      "select \"drop table users\", [a;b], `c;d`, 'it''s; drop table users'; -- drop table users\n",
      "select x'00', $a, ?1, :b from users where name glob '*[^a-z]*' /* drop table users */",
      "insert into users (id) values ('-- ashlar: rebuild')",
  };
  return all;
}

TEST(MigrationLint, FindsWhatBreaksTheRunningVersionOnPostgres) {
  for (const Unsafe& unsafe : unsafe_postgres())
    EXPECT_EQ(rules_of(lint(Dialect::postgres, {unsafe.text}, {.running = 1})), unsafe.rules) << unsafe.text;
}

TEST(MigrationLint, FindsWhatLocksTablesOnPostgres) {
  for (const Unsafe& unsafe : locking_postgres())
    EXPECT_EQ(rules_of(lint(Dialect::postgres, {unsafe.text}, {.running = 1})), unsafe.rules) << unsafe.text;
}

TEST(MigrationLint, FindsWhatBreaksTheRunningVersionOnSqlite) {
  for (const Unsafe& unsafe : unsafe_sqlite())
    EXPECT_EQ(rules_of(lint(Dialect::sqlite, {unsafe.text}, {.running = 1})), unsafe.rules) << unsafe.text;
}

TEST(MigrationLint, AcceptsWhatBreaksNothing) {
  for (const char* text : safe_postgres())
    EXPECT_THAT(rules_of(lint(Dialect::postgres, {text}, {.running = 1})), IsEmpty()) << text;
  for (const char* text : safe_sqlite())
    EXPECT_THAT(rules_of(lint(Dialect::sqlite, {text}, {.running = 1})), IsEmpty()) << text;
}

TEST(MigrationLint, SaysWhereWhatAndWhatInstead) {
  const auto report =
      lint(Dialect::postgres, {"-- why\n\nalter table users\n  add column a int,\n  drop column age;\n"});
  ASSERT_EQ(report.findings.size(), 1U);
  const LintFinding& finding = report.findings.front();
  EXPECT_EQ(finding.file, "0002_next.postgres.up.sql");
  EXPECT_EQ(finding.line, 5U);
  EXPECT_EQ(finding.object, "users.age");
  EXPECT_THAT(finding.breaks, HasSubstr("running version"));
  EXPECT_THAT(finding.remedy, HasSubstr("Release a version that does not use it"));
  EXPECT_EQ(report.migrations, 2U);
}

TEST(MigrationLint, KnowsWhichVersionRuns) {
  const std::vector<std::string> texts{"create table t (id int, a int)", "alter table t drop column a"};
  EXPECT_THAT(rules_of(lint(Dialect::postgres, texts)), ElementsAre("drop-column"));
  EXPECT_THAT(rules_of(lint(Dialect::postgres, texts, {.running = 1})), IsEmpty());
  EXPECT_THAT(rules_of(lint(Dialect::postgres, texts, {.running = 2})), ElementsAre("drop-column"));
  EXPECT_EQ(lint(Dialect::postgres, texts, {.running = 2}).migrations, 1U);
  const std::vector<std::string> allowed{texts[0], "-- lint: allow drop-column because it is unused\n" + texts[1]};
  EXPECT_THAT(rules_of(lint(Dialect::postgres, allowed)), IsEmpty());
  EXPECT_THAT(rules_of(lint(Dialect::postgres, allowed, {.running = 1})), IsEmpty());
  EXPECT_THAT(rules_of(lint(Dialect::postgres, texts, {.skip_through = 3})), IsEmpty());
  EXPECT_EQ(lint(Dialect::postgres, texts, {.skip_through = 2}).migrations, 1U);
}

TEST(MigrationLint, ValidatesInALaterMigration) {
  EXPECT_THAT(rules_of(lint(Dialect::postgres,
                            {"alter table users add constraint c check (age is not null) not valid",
                             "alter table users validate constraint c", "alter table users alter age set not null"},
                            {.running = 1})),
              IsEmpty());
}

TEST(MigrationLint, AllowsWithAReason) {
  const auto allowed = lint(Dialect::postgres,
                            {"-- lint: allow drop-column, drop-table because 1.4 ended\n"
                             "alter table users drop column age;\n"
                             "drop table posts; -- lint: allow drop-table because no version used it\n"},
                            {.running = 1});
  EXPECT_THAT(rules_of(allowed), ElementsAre("unused-exception"));
  ASSERT_EQ(allowed.exceptions.size(), 2U);
  EXPECT_EQ(allowed.exceptions[0].reason, "1.4 ended");
  EXPECT_EQ(allowed.exceptions[1].line, 3U);
  EXPECT_EQ(allowed.exceptions[1].rule, "drop-table");
}

TEST(MigrationLint, RefusesExceptionsThatAllowNothing) {
  const auto rules = [](const std::string& comment) {
    return rules_of(lint(Dialect::sqlite, {comment + "\ndrop table posts"}, {.running = 1}));
  };
  for (const char* comment :
       {"-- lint: allow drop-table", "-- lint: allow drop-table because", "-- lint: allow drop-table because .",
        "-- lint: allow because we can", "-- lint: allow drop-tables because it is gone", "-- lint: drop-table",
        "-- lint: allow * because it is gone", "/* lint: ignore drop-table because it is gone */",
        "-- lint: allow syntax because it is gone", "-- lint: allow invalid-exception because it is gone"})
    EXPECT_THAT(rules(comment), ElementsAre("invalid-exception", "drop-table")) << comment;
  EXPECT_THAT(rules("/* lint: allow drop-table because it is gone */"), IsEmpty());
  EXPECT_THAT(rules("select 1; -- lint: allow drop-table because of the other statement"),
              ElementsAre("unused-exception", "drop-table"));
  EXPECT_THAT(rules("select '-- lint: allow drop-table because it is a string';"), ElementsAre("drop-table"));
}

TEST(MigrationLint, RefusesWhatItCannotRead) {
  for (const Dialect dialect : {Dialect::sqlite, Dialect::postgres}) {
    for (const char* text : {"drop table posts; select 'no end", "drop table posts; select \"no end",
                             "drop table posts; select (1", "drop table posts; select 1)"})
      EXPECT_THAT(rules_of(lint(dialect, {text}, {.running = 1})), ElementsAre("drop-table", "syntax")) << text;
  }
  for (const char* text :
       {"select $a$ $b$ $", "select $$", "/* /* */ drop table posts", "select e'\\'", "select \"a\"\""})
    EXPECT_THAT(rules_of(lint(Dialect::postgres, {text}, {.running = 1})), ElementsAre("syntax")) << text;
  for (const char* text : {"select [a", "select `a", "create trigger t after insert on posts begin select 1;"})
    EXPECT_THAT(rules_of(lint(Dialect::sqlite, {text}, {.running = 1})), ElementsAre("syntax")) << text;
  const auto report = lint(Dialect::postgres, {"select 1;\n\n'"});
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].line, 3U);
  EXPECT_EQ(report.findings[0].object, "a string that does not end");
}

// Every cut of a text is read to its end, and so is what has a great many of one mark.
TEST(MigrationLint, ReadsAnything) {
  for (const Dialect dialect : {Dialect::sqlite, Dialect::postgres}) {
    std::string all = dialect == Dialect::sqlite ? base_sqlite : base_postgres;
    for (const char* text : {"alter table users add constraint c check (", "alter type", "drop function f(", "create"})
      all += std::string(text) + ";\n";
    for (std::size_t i = 0; i <= all.size(); i += 7) {
      (void)lint(dialect, {all.substr(i)});
      (void)lint(dialect, {all.substr(0, i)});
    }
    for (const char* mark : {"(", ")", "'", "\"", "$", "$a", "/*", "*/", "--\n", "E'\\''\n", ";", "case ", "begin "}) {
      std::string text;
      for (int i = 0; i < 20'000; ++i) text += mark;
      (void)lint(dialect, {"create trigger t " + text, text});
    }
  }
}

TEST(MigrationLint, NamesItsRulesOnce) {
  Names names;
  for (const LintRule& rule : lint_rules()) {
    names.emplace_back(rule.name);
    EXPECT_TRUE(rule.breaks.ends_with('.') && rule.remedy.ends_with('.')) << rule.name;
  }
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

}  // namespace
}  // namespace ashlar::sql
