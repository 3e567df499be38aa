// SPDX-License-Identifier: Apache-2.0
#include "backend/development_secrets.hpp"
#include "cli/doctor.hpp"

#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

namespace ashlar::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t space_min = 256 * 1024 * 1024;

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

std::string mebibytes(std::uintmax_t bytes) { return std::to_string(bytes / (1024 * 1024)) + " MiB"; }

// A backup, or rebuilding a table, needs as much space as the database.
Check check_space(const fs::path& folder, std::uintmax_t needed, const std::string& what) {
  std::error_code error;
  const auto space = fs::space(folder, error);
  const std::string name = "disk space, " + what;
  if (error) return {.name = name, .state = CheckState::finding, .detail = folder.string() + ": " + error.message()};
  const std::string detail = mebibytes(space.available) + " free in " + folder.string();
  if (space.available >= needed) return {.name = name, .detail = detail};
  return {.name = name,
          .state = CheckState::finding,
          .detail = detail + ", " + mebibytes(needed) + " are recommended",
          .advice = "free space, or move it to a larger disk"};
}

Check check_clock() {
  const auto now = std::chrono::system_clock::now();
  constexpr std::chrono::sys_days built_after{std::chrono::year(2025) / 1 / 1};
  if (now < built_after) {
    return {.name = "clock",
            .state = CheckState::finding,
            .detail = "it is before 2025: tokens and certificates will be refused",
            .advice = "set it, and let NTP keep it"};
  }
  timex state{};
  if (adjtimex(&state) == TIME_ERROR)
    return {.name = "clock", .state = CheckState::note, .detail = "no sign of NTP synchronisation"};
  return {.name = "clock", .detail = "synchronised"};
}

// Whether users other than the owner have the access in `bits`; a folder that they cannot enter prevents it.
bool others_can(const fs::path& file, mode_t bits) {
  struct stat found{};
  if (stat(file.c_str(), &found) != 0 || (found.st_mode & bits) == 0) return false;
  struct stat folder{};
  return stat(folder_of(file).c_str(), &folder) != 0 || (folder.st_mode & (S_IXGRP | S_IXOTH)) != 0;
}

Check check_file(const std::string& name, const fs::path& file, mode_t bits) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return {.name = name, .state = CheckState::ok, .detail = file.string() + ": none"};
  if (access(file.c_str(), R_OK) != 0)
    return {.name = name, .state = CheckState::finding, .detail = file.string() + ": cannot be read"};
  if (!others_can(file, bits)) return {.name = name, .detail = file.string() + ": accessible to its owner only"};
  return {.name = name,
          .state = CheckState::finding,
          .detail = file.string() + ": accessible to other users",
          .advice = "chmod 600 " + file.string()};
}

constexpr mode_t by_others = S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;

Check check_writable(const fs::path& database) {
  const fs::path folder = folder_of(database);
  const bool fine = access(database.c_str(), W_OK) == 0 && access(folder.c_str(), W_OK | X_OK) == 0;
  if (fine) return {.name = "files, writable", .detail = database.string() + " and its folder"};
  return {.name = "files, writable",
          .state = CheckState::finding,
          .detail = database.string() + " or its folder cannot be written",
          .advice = "make the server's user their owner"};
}

}  // namespace

std::vector<Check> check_host(const backend::Settings& settings) {
  std::vector<Check> out;
  std::error_code ignored;
  if (const auto path = backend::sqlite_path(settings); path && fs::exists(*path, ignored)) {
    const auto size = fs::file_size(*path, ignored);
    out.push_back(check_space(folder_of(*path), std::max<std::uintmax_t>(space_min, 2 * size), "database"));
    out.push_back(check_writable(*path));
    out.push_back(check_file("files, database", *path, by_others));
    for (const char* suffix : {"-wal", "-shm"}) {  // its latest changes are in there
      const fs::path companion = path->string() + suffix;
      if (fs::exists(companion, ignored)) out.push_back(check_file("files, database", companion, by_others));
    }
  }
  if (!settings.log.file.empty()) out.push_back(check_space(folder_of(settings.log.file), space_min, "log"));
  if (settings.stage != backend::Stage::production)
    out.push_back(check_file("files, secrets", backend::secrets_file(settings), by_others));
  out.push_back(check_file("files, .env", ".env", by_others));
  if (settings.tls) out.push_back(check_file("files, TLS key", settings.tls->private_key_file, by_others));
  out.push_back(check_clock());
  return out;
}

}  // namespace ashlar::cli
