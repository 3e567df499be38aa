// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/detail/file_identity.hpp"

#include "ashlar/sql/sqlite/detail/errors.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace ashlar::sql::sqlite::detail {

Result<FileIdentity::File> FileIdentity::file_at(std::string path) {
  struct stat found{};
  if (stat(path.c_str(), &found) != 0)
    return std::unexpected(unavailable(path + ": " + std::generic_category().message(errno)));
  return File{.path = std::move(path), .device = found.st_dev, .inode = found.st_ino};
}

Result<FileIdentity> FileIdentity::of(const std::filesystem::path& database) {
  std::error_code error;  // absolute: the process may change its folder
  auto file = file_at(std::filesystem::absolute(database, error).string());
  if (!file) return std::unexpected(std::move(file.error()));
  // SQLite puts the log in the folder of the file itself, not in that of a link to it.
  auto log = file_at(std::filesystem::canonical(database, error).string() + "-wal");
  if (!log) return std::unexpected(std::move(log.error()));
  return FileIdentity(std::move(*file), std::move(*log));
}

Result<> FileIdentity::check() const {
  for (const File* opened : {&database_, &log_}) {
    const auto found = file_at(opened->path);
    if (!found) return std::unexpected(found.error());
    if (found->device != opened->device || found->inode != opened->inode)
      return std::unexpected(unavailable(opened->path + " was replaced by another file: restart the server"));
  }
  return {};
}

}  // namespace ashlar::sql::sqlite::detail
