// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"
#include "ashlar/sql/postgres/database.hpp"
#include "ashlar/sql/sqlite/database.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace ashlar::sql {

namespace errors {
inline constexpr ErrorCode unsupported_url{ErrorKind::invalid, "sql.unsupported_url"};
}  // namespace errors

// What each driver takes; the place comes from the URL.
struct OpenOptions {
  sqlite::Options sqlite;
  postgres::Options postgres;
};

// Opens the database that a DATABASE_URL names. The message of an error is for the person who wrote the URL.
//   sqlite:PATH       a file, made when it is absent, as is its folder
//   postgresql://USER:PASSWORD@HOST:PORT/NAME?sslmode=verify-full   a server; everything that libpq's URLs have
//   sqlite::memory:   an empty database for this process, gone when it is closed; for tests
Result<std::unique_ptr<Database>> open_database(std::string_view url, OpenOptions options = {});

// A streaming replica of a PostgreSQL database, for Replicas (replicas.hpp); connected to when it is first asked. Its
// statements wait a quarter of a second for a connection at most, since the primary may answer as well, and are not
// serializable, which a replica cannot.
Result<std::unique_ptr<Database>> open_replica(std::string_view url, OpenOptions options = {});

// Whether it is one of these, by its text alone. Error sql.unsupported_url; its message shows nothing of the URL, since
// it may hold a password.
Result<> check_database_url(std::string_view url);

// The URL without password and options, for people and logs.
[[nodiscard]] std::string shown_database_url(std::string_view url);

}  // namespace ashlar::sql
