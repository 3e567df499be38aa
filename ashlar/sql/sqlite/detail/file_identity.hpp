// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace ashlar::sql::sqlite::detail {

// The files of an open database and its write-ahead log, identified by device and inode at opening. A deleted or
// replaced file keeps its descriptors: SQLite would continue to write to a file that has no name any more. SQLite's own
// SQLITE_FCNTL_HAS_MOVED compares inodes only, which can be equal on two volumes mounted one after the other.
class FileIdentity {
 public:
  // Error: database.unavailable.
  static Result<FileIdentity> of(const std::filesystem::path& database);

  // Two calls of stat(2). From any thread. Error: database.unavailable, while a path is missing or names another file.
  [[nodiscard]] Result<> check() const;

 private:
  struct File {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
  };
  static Result<File> file_at(std::string path);
  FileIdentity(File database, File log) : database_(std::move(database)), log_(std::move(log)) {}

  File database_, log_;
};

}  // namespace ashlar::sql::sqlite::detail
