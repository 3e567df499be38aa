// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/raw_statement.hpp"
#include "backend/users/user_row.hpp"

#include <string>

// The backend's SQL that is written by hand: raw_statements_test.cpp holds each to the migrated database.
namespace ashlar::backend {

inline constexpr sql::RawStatement<UserRow(std::string)> account_by_lower_email(
    "select id, email, name, age, role, password_hash, permissions, email_verified, mfa_enabled, created_at, "
    "updated_at "
    "from users where lower(email) = $1");

// PostgreSQL alone: SQLite has one writer.
inline constexpr sql::RawStatement<Uuid()> lock_admins(
    "select id from users where role = 'admin' order by id for update");

inline constexpr sql::RawStatement<Uuid(Uuid)> author_of_post("select author_id from posts where id = $1");

}  // namespace ashlar::backend
