// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/exports/format.hpp"
#include "ashlar/sql/table_rules.hpp"
#include "backend/users/user_row.hpp"

#include <cstdint>
#include <string>

namespace ashlar::backend {

enum class ExportType : std::uint8_t { users, products, orders, posts, audit };
ASHLAR_DESCRIBE_ENUM(ExportType, users, products, orders, posts, audit)

// waiting: the job generate-report has not begun. expired is no status: an export that expires is removed.
enum class ExportStatus : std::uint8_t { waiting, running, done, failed };
ASHLAR_DESCRIBE_ENUM(ExportStatus, waiting, running, done, failed)

using ExportFormat = exports::Format;

// An export with what its job needs to continue it.
struct ExportRow {
  Uuid id;
  Uuid user_id;  // who asked for it
  ExportType type = ExportType::users;
  ExportFormat format = ExportFormat::csv;
  ExportStatus status = ExportStatus::waiting;
  Nullable<std::int64_t> rows_expected;  // when it began
  std::int64_t rows_written = 0;
  std::int64_t bytes_written = 0;
  std::int64_t chunks = 0;
  Nullable<std::string> last_key;  // of the last row written: its id, or an audit entry's sequence
  Nullable<std::string> failure;
  Timestamp created_at;
  Timestamp updated_at;
  Nullable<Timestamp> finished_at;
};
ASHLAR_DESCRIBE(ExportRow, id, user_id, type, format, status, rows_expected, rows_written, bytes_written, chunks,
                last_key, failure, created_at, updated_at, finished_at)
ASHLAR_TABLE(ExportRow, "exports", sql::references<&ExportRow::user_id, &UserRow::id>(sql::OnDelete::cascade),
             sql::index<&ExportRow::user_id>("exports_user"), sql::index<&ExportRow::created_at>("exports_created_at"))

// A piece of an export's file, in the database: every instance can serve it, and it commits with the position that the
// job continues from. XLSX is base64url.
struct ExportChunkRow {
  Uuid export_id;
  std::int64_t position = 0;
  std::string content;
};
ASHLAR_DESCRIBE(ExportChunkRow, export_id, position, content)
ASHLAR_TABLE(ExportChunkRow, "export_chunks", sql::primary_key<&ExportChunkRow::export_id, &ExportChunkRow::position>(),
             sql::references<&ExportChunkRow::export_id, &ExportRow::id>(sql::OnDelete::cascade))

}  // namespace ashlar::backend
