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

// The options of each driver; the location comes from the URL.
struct OpenOptions {
  sqlite::Options sqlite;
  postgres::Options postgres;
};

// Opens the database that a DATABASE_URL names. An error message is for the author of the URL.
//   sqlite:PATH       a file; it and its folder are created if missing
//   postgresql://USER:PASSWORD@HOST:PORT/NAME?sslmode=verify-full   a server; all options of libpq's URLs
//   sqlite::memory:   an empty database for this process, removed when it is closed; for tests
Result<std::unique_ptr<Database>> open_database(std::string_view url, OpenOptions options = {});

// A streaming replica of a PostgreSQL database, for Replicas (replicas.hpp); connects at first use. Its statements wait
// at most a quarter of a second for a connection, since the primary can answer as well. They are not serializable,
// which a replica does not support.
Result<std::unique_ptr<Database>> open_replica(std::string_view url, OpenOptions options = {});

// Whether the URL is one of these, judging by its text only. Error sql.unsupported_url, whose message shows nothing of
// the URL, since it may contain a password.
Result<> check_database_url(std::string_view url);

// The URL without password and options, for people and logs.
[[nodiscard]] std::string shown_database_url(std::string_view url);

}  // namespace ashlar::sql
