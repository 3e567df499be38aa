// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/raw_statement.hpp"
#include "backend/mail/mail_preference_row.hpp"
#include "backend/passkeys/passkey_row.hpp"
#include "backend/users/user_row.hpp"
#include "backend/webhooks/webhook_repository.hpp"

#include <cstdint>
#include <string>
#include <vector>

// The backend's hand-written SQL: raw_statements_test.cpp checks each statement against the migrated database.
namespace ashlar::backend {

// One prefix of a hash for each set of parameters in use: up to the `$` before the salt. Reads the whole table.
struct PasswordParameters {
  std::string beginning;
};
ASHLAR_DESCRIBE(PasswordParameters, beginning)
inline constexpr sql::RawStatement<PasswordParameters()> password_parameters_in_sqlite(
    "select distinct case when substr(password_hash, 1, 10) = '$argon2id$' "
    "then substr(password_hash, 1, 15 + instr(substr(password_hash, 16), '$')) "
    "else substr(password_hash, 1, 7) end as beginning from users");
inline constexpr sql::RawStatement<PasswordParameters()> password_parameters_in_postgres(
    "select distinct case when substr(password_hash, 1, 10) = '$argon2id$' "
    "then substr(password_hash, 1, 15 + position('$' in substr(password_hash, 16))) "
    "else substr(password_hash, 1, 7) end as beginning from users");

inline constexpr sql::RawStatement<PasskeyRow(std::string)> passkeys_by_email_key(
    "select p.id, p.user_id, p.credential_id, p.public_key, p.sign_count, p.user_verified, p.backup_eligible, "
    "p.backed_up, p.transports, p.name, p.created_at, p.last_used_at "
    "from users u join passkeys p on p.user_id = u.id where u.email_key = $1 order by p.created_at, p.id");

inline constexpr sql::RawStatement<DeliveryCount()> count_of_deliveries(
    "select endpoint_id, status, count(*) as deliveries from webhook_deliveries group by endpoint_id, status");

// Deliveries of webhooks whose time has come: an attempt has until $2. One that keeps an order waits for the earlier
// ones of its key.
//   $1 now, $2 due again, $3 how many, $4 the ids of endpoints that get none now, one after another
using ClaimDeliveries = sql::RawStatement<Uuid(Timestamp, Timestamp, std::int64_t, std::string)>;
inline constexpr ClaimDeliveries claim_deliveries_on_postgres(
    "update webhook_deliveries set due_at = $2 where id in (select d.id from webhook_deliveries d "
    "where d.status = 'pending' and d.due_at <= $1 and position(d.endpoint_id::text in $4) = 0 "
    "and not (d.ordered and exists (select 1 from webhook_deliveries e where e.endpoint_id = d.endpoint_id "
    "and e.key = d.key and e.sequence < d.sequence and e.status = 'pending')) "
    "order by d.due_at limit $3 for update skip locked) returning id");
inline constexpr ClaimDeliveries claim_deliveries_on_sqlite(
    "update webhook_deliveries set due_at = $2 where id in (select d.id from webhook_deliveries d "
    "where d.status = 'pending' and d.due_at <= $1 and instr($4, d.endpoint_id) = 0 "
    "and not (d.ordered and exists (select 1 from webhook_deliveries e where e.endpoint_id = d.endpoint_id "
    "and e.key = d.key and e.sequence < d.sequence and e.status = 'pending')) "
    "order by d.due_at limit $3) returning id");

// A notification for an account that exists and wants its kind in the application: $1 id, $2 account, $3 kind, $4 what
// it is about, $5 detail, $6 time. PostgreSQL does not derive the types of parameters in a select list.
using NotifyStatement = sql::RawStatement<void(Uuid, Uuid, std::string, Nullable<Uuid>, std::string, Timestamp)>;
inline constexpr NotifyStatement notify_in_app_on_postgres(
    "insert into notifications (id, user_id, kind, resource_id, detail, created_at) "
    "select $1::uuid, u.id, $3::text, $4::uuid, $5::text, $6::timestamptz from users u where u.id = $2 and coalesce("
    "(select p.in_app from notification_preferences p where p.user_id = $2 and p.kind = $3::text), true)");
inline constexpr NotifyStatement notify_in_app_on_sqlite(
    "insert into notifications (id, user_id, kind, resource_id, detail, created_at) "
    "select $1, u.id, $3, $4, $5, $6 from users u where u.id = $2 and coalesce("
    "(select p.in_app from notification_preferences p where p.user_id = $2 and p.kind = $3), 1)");

// One statement, so that its duration does not reveal whether an address has an account.
inline constexpr sql::RawStatement<MailPreferenceRow(std::string)> mail_preference_by_email_key(
    "select p.user_id, p.language, p.unsubscribed_at from users u join mail_preferences p on p.user_id = u.id "
    "where u.email_key = $1");

inline constexpr sql::RawStatement<Uuid(Uuid)> author_of_post("select author_id from posts where id = $1");

// Entries of the audit trail that retention has not removed.
inline constexpr sql::RawStatement<std::int64_t()> audit_entries_total(
    "select size - first_index as total from audit_tree where name = 'log'");

// The outcome of one use of a refresh token: of the session, and its user.
struct RefreshedRow {
  std::string refresh_id;  // of the newest token now
  Timestamp session_created_at;
  Timestamp last_used_at;
  Timestamp expires_at;
  Timestamp auth_time;
  std::vector<std::string> amr;
  std::string email;
  std::string name;
  Nullable<std::int64_t> age;
  std::string role;
  std::vector<std::string> permissions;
  bool email_verified = false;
  bool mfa_enabled = false;
  Timestamp created_at;
  Timestamp updated_at;
};
ASHLAR_DESCRIBE(RefreshedRow, refresh_id, session_created_at, last_used_at, expires_at, auth_time, amr, email, name,
                age, role, permissions, email_verified, mfa_enabled, created_at, updated_at)

// Decides and writes one use of a refresh token in one statement: see docs/design/sessions.md. No row: it is refused.
//   $1 session, $2 user, $3 id of the token, $4 id of the next one, $5 now, $6 the next one's end, $7 lifetime of a
//   session in ms, $8 end of access tokens, $9 the window in ms, $10 when the session must have been used since
// The window is measured by the database's clock: from when the winner locked the row, to when a later request arrived,
// however long that one waits for the row. SQLite has no server, so its clock is the process's ($5).
using RefreshStatement = sql::RawStatement<RefreshedRow(Uuid, Uuid, std::string, std::string, Timestamp, Timestamp,
                                                        std::int64_t, Timestamp, std::int64_t, Timestamp)>;
inline constexpr RefreshStatement refresh_on_postgres(
    "update sessions s set previous_id = $3, "
    "refresh_id = case when s.refresh_id = $3 then $4 else s.refresh_id end, "
    "rotated_at = case when s.refresh_id = $3 then clock_timestamp() else s.rotated_at end, "
    "last_used_at = case when s.refresh_id = $3 then $5 else s.last_used_at end, "
    "expires_at = case when s.refresh_id = $3 "
    "  then least($6, s.created_at + $7::bigint * interval '1 millisecond') else s.expires_at end, "
    "access_expires_at = greatest(s.access_expires_at, $8) "
    "from users u where s.id = $1 and s.user_id = $2 and (s.refresh_id = $3 or (s.previous_id = $3 "
    "  and $9::bigint > 0 and s.rotated_at > statement_timestamp() - $9::bigint * interval '1 millisecond')) "
    "and s.last_used_at > $10 and s.created_at > $5::timestamptz - $7::bigint * interval '1 millisecond' "
    "and u.id = s.user_id and u.disabled_at is null and u.credentials_version = s.credentials_version "
    "returning s.refresh_id, s.created_at as session_created_at, s.last_used_at, s.expires_at, s.auth_time, s.amr, "
    "u.email, u.name, u.age, u.role, u.permissions, u.email_verified, u.mfa_enabled, u.created_at, u.updated_at");
// SQLite's RETURNING supports only the changed table.
inline constexpr RefreshStatement refresh_on_sqlite(
    "update sessions set previous_id = $3, "
    "refresh_id = case when refresh_id = $3 then $4 else refresh_id end, "
    "rotated_at = case when refresh_id = $3 then $5 else rotated_at end, "
    "last_used_at = case when refresh_id = $3 then $5 else last_used_at end, "
    "expires_at = case when refresh_id = $3 then min($6, created_at + $7) else expires_at end, "
    "access_expires_at = max(access_expires_at, $8) "
    "where id = $1 and user_id = $2 and (refresh_id = $3 or (previous_id = $3 and $9 > 0 and rotated_at > $5 - $9)) "
    "and last_used_at > $10 and created_at > $5 - $7 and exists (select 1 from users u where u.id = sessions.user_id "
    "  and u.disabled_at is null and u.credentials_version = sessions.credentials_version) "
    "returning refresh_id, created_at as session_created_at, last_used_at, expires_at, auth_time, amr, "
    "(select email from users where id = user_id) as email, (select name from users where id = user_id) as name, "
    "(select age from users where id = user_id) as age, (select role from users where id = user_id) as role, "
    "(select permissions from users where id = user_id) as permissions, "
    "(select email_verified from users where id = user_id) as email_verified, "
    "(select mfa_enabled from users where id = user_id) as mfa_enabled, "
    "(select created_at from users where id = user_id) as created_at, "
    "(select updated_at from users where id = user_id) as updated_at");

}  // namespace ashlar::backend
