// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

// Copies of an SQLite database as one file each, and the way back. Everything here blocks, and works on files: for the
// command line, not for a loop. https://sqlite.org/backup.html
namespace ashlar::sql::sqlite {

namespace errors {
inline constexpr ErrorCode file_exists{ErrorKind::conflict, "sqlite.file_exists"};
inline constexpr ErrorCode file_failed{ErrorKind::internal, "sqlite.file_failed"};  // cannot be read or written
inline constexpr ErrorCode damaged{ErrorKind::conflict, "sqlite.damaged"};          // the message says what is
inline constexpr ErrorCode in_use{ErrorKind::conflict, "sqlite.in_use"};            // another process has it open
}  // namespace errors

enum class Existing : std::uint8_t { refused, replaced };  // a file that is there already

struct BackupReport {
  std::uintmax_t bytes = 0;
  std::string sha256;  // of the file, in hexadecimal
};

// Writes all that is committed at this moment into one file. The database may be in use, by others, too: writers go on
// meanwhile, and what they write is not in it. The copy is checked (integrity and foreign keys) before it has its name:
// it is made beside it, synced and renamed, so that there is a whole one or none. Its checksum goes into FILE.sha256,
// as sha256sum writes it. Only the owner can read both.
Result<BackupReport> back_up(const std::filesystem::path& database, const std::filesystem::path& file,
                             Existing existing = Existing::refused);

// Puts a backup into the database's place, whole or not at all, after the checksum that stands beside it, if there is
// one, and the copy itself were checked. Nobody may have the database open: error sqlite.in_use. What was in it is
// lost.
Result<BackupReport> restore(const std::filesystem::path& file, const std::filesystem::path& database,
                             Existing existing = Existing::refused);

// What is wrong in a database: SQLite's integrity check, and rows that refer to nothing. Empty: nothing. At most 100.
Result<std::vector<std::string>> integrity_faults(const std::filesystem::path& database);

}  // namespace ashlar::sql::sqlite
