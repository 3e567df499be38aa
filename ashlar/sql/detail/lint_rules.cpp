// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/migration_lint.hpp"

#include <array>

namespace ashlar::sql {
namespace {

constexpr auto never = LintRule::Exceptions::none;

constexpr std::array<LintRule, 39> rules = {{
    {"drop-table", "Statements of the running version that use the table fail.",
     "Release a version that does not use it, then drop it in the release after that."},
    {"drop-column", "Statements of the running version that name the column fail.",
     "Release a version that does not use it, then drop it in the release after that."},
    {"drop-view", "Statements of the running version that use the view fail.",
     "Use create or replace view, or drop it when no version uses it."},
    {"drop-routine", "Statements and triggers that call the function fail.",
     "Use create or replace, or drop it when no version calls it."},
    {"drop-trigger", "The running version relies on what the trigger does for its writes.",
     "Release a version that does not need it, then drop it; to change it, create it again in the same migration."},
    {"drop-type", "Statements of the running version that use the object fail.",
     "Release a version that does not use it, then drop it."},
    {"drop-unique", "The running version's on conflict fails without a unique index, and duplicates are stored.",
     "Create the new unique index first, and drop the old one when no version relies on it."},
    {"drop-default", "Inserts of the running version that omit the column fail or store NULL.",
     "Release a version that always writes the column, then drop the default."},
    {"drop-not-null", "The running version cannot read the NULL that the new version writes.",
     "Release a version that reads NULL, then drop the constraint."},
    {"rename-table", "Statements of the running version that use the old name fail.",
     "Create the new table, write both and copy, then drop the old one; or leave a view with the old name."},
    {"rename-column", "Statements of the running version that use the old name fail.",
     "Add the new column, write both and copy, read the new one, then drop the old one."},
    {"rename-enum-value", "The running version still writes and compares the old value.",
     "Add the new value, release a version that reads both, change the rows, then stop using the old one."},
    {"change-type", "The table is rewritten under an exclusive lock, and the running version reads another type.",
     "Add a column of the new type, write both and copy, read the new one, then drop the old one."},
    {"change-signature", "Calls of the running version and triggers that use the old parameters fail.",
     "Create the new function next to the old one, and drop the old one when no version calls it."},
    {"add-required-column",
     "Inserts of the running version, which omit the column, fail; so does the migration if there are rows.",
     "Add it nullable or with a constant default, fill it, then set it not null in a later release."},
    {"set-not-null",
     "Writes of NULL by the running version fail, and PostgreSQL reads the whole table under an exclusive lock.",
     "Add check (column is not null) as not valid, validate it in the next migration, then set not null."},
    {"add-unique", "Duplicates that the running version writes fail, and writes wait until the index is complete.",
     "Remove duplicates first; in PostgreSQL create unique index concurrently, then add the constraint using index."},
    {"add-check",
     "Every reader and writer waits while the rows are checked, and other values of the running version fail.",
     "Add the constraint as not valid, correct the rows, then validate it in the next migration."},
    {"add-foreign-key", "Writers of both tables wait while the rows are checked.",
     "Add the constraint as not valid, correct dangling references, then validate it in the next migration."},
    {"validate-in-same-step", "The lock of add constraint is kept while validate constraint reads the table.",
     "Validate the constraint in the next migration, whose lock does not block writers."},
    {"index-without-concurrently", "Every writer of the table waits until the index is complete.",
     "Use create index concurrently in a migration of its own that begins with -- ashlar: no transaction."},
    {"not-in-transaction", "The database refuses or ignores the statement inside the migration's transaction.",
     "Move it into a migration of its own that begins with -- ashlar: no transaction (SQLite: -- ashlar: rebuild for "
     "foreign keys)."},
    {"several-without-transaction", "The migration fails: one without a transaction is a single statement.",
     "Write a migration for each statement."},
    {"transaction-control", "The migration's transaction ends early, so a failure leaves half of it in place.",
     "Remove the statement: each migration is one transaction."},
    {"table-rewrite", "The whole table is rewritten under an exclusive lock: every reader and writer waits.",
     "Add the column nullable, set the default in a second statement, and fill the old rows in parts from a job."},
    {"table-rebuild", "Every row is copied in one transaction: writers wait, and time out on a large table.",
     "Add columns with alter table; rebuild a large table only while no traffic is expected."},
    {"rebuild-without-header", "Dropping the old table deletes or changes the rows that refer to it.",
     "Put -- ashlar: rebuild at the head of the migration."},
    {"update-all-rows", "All these rows stay locked until the migration commits: the running version's writes wait.",
     "Update some thousands of rows at a time from a job, each batch in its own transaction."},
    {"delete-all-rows", "Rows that the running version uses disappear, or stay locked until the migration commits.",
     "Delete some thousands of rows at a time from a job, when no version uses them."},
    {"enum-value-in-use", "PostgreSQL refuses to use a new value in the transaction that adds it.",
     "Use the value in the next migration."},
    {"disable-trigger", "Writes of the running version pass without the trigger, and foreign keys are not checked.",
     "Let the triggers run, and change the rows in small batches."},
    {"row-security", "The running version sees and writes only the rows that a policy allows: without one, none.",
     "Create the policies for the program's role in an earlier migration, then enable row security."},
    {"revoke", "Statements of the running version are refused.",
     "Release a version that does not need it, then revoke."},
    {"lock-table", "Readers or writers of the table wait until the migration commits.",
     "Use the concurrent form of the statement, or none: a statement takes the locks that it needs."},
    {"lock-timeout", "The migration waits for a table without the usual limit, and everything else waits behind it.",
     "Remove the statement: a migration waits at most 5 s, is rolled back, and can be run again."},
    {"opaque-block", "What the block does is not known before it runs.",
     "Write plain statements, or review the block and allow it with the reason."},
    {"syntax", "The rest of the migration cannot be read.", "Correct the text.", never},
    {"invalid-exception", "The comment allows nothing.", "Write -- lint: allow RULE because REASON.", never},
    {"unused-exception", "Nothing that this comment allows is found in its statement.",
     "Remove the comment, or put it directly before its statement.", never},
}};

}  // namespace

std::span<const LintRule> lint_rules() { return rules; }

}  // namespace ashlar::sql
