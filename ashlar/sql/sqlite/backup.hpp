// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

// Backs up an SQLite database into a single file, and restores it. All functions block and work on files: for the
// command line, not for a loop. https://sqlite.org/backup.html
namespace ashlar::sql::sqlite {

namespace errors {
inline constexpr ErrorCode file_exists{ErrorKind::conflict, "sqlite.file_exists"};
inline constexpr ErrorCode file_failed{ErrorKind::internal, "sqlite.file_failed"};  // cannot be read or written
inline constexpr ErrorCode damaged{ErrorKind::conflict, "sqlite.damaged"};          // the message gives the damage
inline constexpr ErrorCode in_use{ErrorKind::conflict, "sqlite.in_use"};            // another process has it open
}  // namespace errors

enum class Existing : std::uint8_t { refused, replaced };  // a file that exists already

struct BackupReport {
  std::uintmax_t bytes = 0;
  std::string sha256;  // of the file, in hexadecimal
};

// Writes the committed state into one file. The database may be in use, also by other processes: they continue to
// write, and later writes are not in the copy. The copy is checked (integrity and foreign keys), synced and then
// renamed, so that a complete file appears or none. Its checksum is written to FILE.sha256, in sha256sum's format. Only
// the owner can read both.
Result<BackupReport> back_up(const std::filesystem::path& database, const std::filesystem::path& file,
                             Existing existing = Existing::refused);

// Replaces the database by a backup, atomically, after checking the backup itself and, if FILE.sha256 exists, its
// checksum. The database must not be open anywhere: error sqlite.in_use. Its previous content is lost.
Result<BackupReport> restore(const std::filesystem::path& file, const std::filesystem::path& database,
                             Existing existing = Existing::refused);

// The defects of a database: SQLite's integrity check, and rows with dangling references. Empty: none. At most 100.
Result<std::vector<std::string>> integrity_faults(const std::filesystem::path& database);

}  // namespace ashlar::sql::sqlite
