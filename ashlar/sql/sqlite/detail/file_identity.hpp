// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace ashlar::sql::sqlite::detail {

// Which files the paths of an open database and its write-ahead log named when it was opened, by device and inode. A
// file that is deleted or replaced keeps its descriptors: SQLite writes on, into a file that nobody finds again.
// SQLite's own SQLITE_FCNTL_HAS_MOVED compares inodes alone, which two volumes mounted one after the other can share.
class FileIdentity {
 public:
  // Error: database.unavailable.
  static Result<FileIdentity> of(const std::filesystem::path& database);

  // Two calls of stat(2). From any thread. Error: database.unavailable, while a path names no file or another one.
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
