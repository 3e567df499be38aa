// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/backup.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/sql/sqlite/detail/connection.hpp"
#include "ashlar/sql/sqlite/detail/fold.hpp"

#include <openssl/evp.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace ashlar::sql::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr int busy_time_ms = 5'000;
constexpr int pages_a_step = 4096;
constexpr int faults_max = 100;

std::unexpected<Error> failed(const fs::path& file, const std::string& why) {
  return fail(errors::file_failed, file.string() + ": " + why + ".");
}
std::unexpected<Error> failed(const fs::path& file) { return failed(file, std::strerror(errno)); }

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool open() const { return number_ >= 0; }

 private:
  int number_;
};

Result<> sync(const fs::path& file, int flags = O_RDONLY) {
  const Descriptor opened(::open(file.c_str(), flags | O_CLOEXEC));
  if (!opened.open() || fsync(opened.number()) != 0) return failed(file);
  return {};
}

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

// A new file next to its target; removed unless it is renamed to it.
class Unfinished {
 public:
  explicit Unfinished(const fs::path& target) : target_(target) {
    path_ = target;
    path_ += ".unfinished-" + std::to_string(getpid());
  }
  ~Unfinished() {
    std::error_code ignored;
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(path_.string() + suffix, ignored);
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

  Result<> create() const {
    const Descriptor made(::open(path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
    if (!made.open()) return failed(path_);
    return {};
  }
  // Durable: the file, then its name.
  Result<> finish() const {
    if (auto synced = sync(path_); !synced) return synced;
    if (std::rename(path_.c_str(), target_.c_str()) != 0) return failed(target_);
    return sync(folder_of(target_), O_RDONLY | O_DIRECTORY);
  }

 private:
  fs::path target_, path_;
};

// A connection to a file that is there, as plain as SQLite has them.
class File {
 public:
  static Result<std::unique_ptr<File>> open(const fs::path& path, int flags) {
    std::unique_ptr<File> out(new File(path));
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_EXRESCODE, nullptr);
    out->connection_.reset(raw);
    if (code != SQLITE_OK) return failed(path, sqlite3_errstr(code));
    detail::add_case_folding(raw);  // an index may use it
    sqlite3_busy_timeout(raw, busy_time_ms);
    return out;
  }

  [[nodiscard]] sqlite3* get() const { return connection_.get(); }

  Result<> run(const char* sql) {
    if (sqlite3_exec(get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return failed_here();
  }

  // The columns of each row, joined.
  Result<std::vector<std::string>> rows(const char* sql) {
    std::vector<std::string> out;
    const auto add = [](void* to, int columns, char** texts, char**) {
      std::string row;
      for (int i = 0; i < columns; ++i) {
        if (i > 0) row += ' ';
        row += texts[i] == nullptr ? "-" : texts[i];
      }
      auto& rows = *static_cast<std::vector<std::string>*>(to);
      if (rows.size() < faults_max) rows.push_back(std::move(row));
      return 0;
    };
    if (sqlite3_exec(get(), sql, add, &out, nullptr) != SQLITE_OK) return failed_here();
    return out;
  }

  [[nodiscard]] std::unexpected<Error> failed_here() const {
    const int code = sqlite3_errcode(get());
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) {
      return fail(errors::damaged, path_.string() + ": " + sqlite3_errmsg(get()) + ".");
    }
    return failed(path_, sqlite3_errmsg(get()));
  }

 private:
  explicit File(fs::path path) : path_(std::move(path)) {}

  const fs::path path_;
  std::unique_ptr<sqlite3, detail::Close> connection_;
};

Result<std::vector<std::string>> faults_of(File& file) {
  auto faults = file.rows("pragma integrity_check");
  if (!faults) return faults;
  if (*faults == std::vector<std::string>{"ok"}) faults->clear();
  auto broken = file.rows(
      "select \"table\" || ' refers to ' || parent || ': ' || count(*) || ' row(s) where there is no "
      "such row' from pragma_foreign_key_check group by \"table\", parent");
  if (!broken) return broken;
  faults->insert(faults->end(), broken->begin(), broken->end());
  return faults;
}

Result<> require_sound(File& file, const fs::path& shown) {
  const auto faults = faults_of(file);
  if (!faults) return std::unexpected(faults.error());
  if (faults->empty()) return {};
  return fail(errors::damaged, shown.string() + ": " + faults->front() + ".");
}

Result<BackupReport> report_of(const fs::path& file) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened.open()) return failed(file);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
  BackupReport out;
  std::vector<char> buffer(1 << 20);
  while (true) {
    const ssize_t read = ::read(opened.number(), buffer.data(), buffer.size());
    if (read < 0) return failed(file);
    if (read == 0) break;
    EVP_DigestUpdate(digest.get(), buffer.data(), static_cast<std::size_t>(read));
    out.bytes += static_cast<std::uintmax_t>(read);
  }
  std::array<std::byte, 32> sum{};
  EVP_DigestFinal_ex(digest.get(), reinterpret_cast<unsigned char*>(sum.data()), nullptr);
  out.sha256 = to_hex(sum);
  return out;
}

fs::path checksum_file(fs::path file) { return file += ".sha256"; }

Result<> write_checksum(const fs::path& file, const BackupReport& report) {
  const Unfinished unfinished(checksum_file(file));
  if (auto made = unfinished.create(); !made) return made;
  const std::string line = report.sha256 + "  " + file.filename().string() + "\n";
  {
    const Descriptor opened(::open(unfinished.path().c_str(), O_WRONLY | O_CLOEXEC));
    if (!opened.open() || ::write(opened.number(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
      return failed(unfinished.path());
  }
  return unfinished.finish();
}

// The checksum from the file next to it; empty when there is none.
Result<std::string> known_checksum(const fs::path& file) {
  const fs::path path = checksum_file(file);
  const Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened.open()) return errno == ENOENT ? Result<std::string>("") : failed(path);
  std::array<char, 64> text{};
  if (::read(opened.number(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return fail(errors::damaged, path.string() + " is not a checksum.");
  return std::string(text.data(), text.size());
}

// One snapshot, copied in pieces: a transaction on the source keeps writers from restarting it.
Result<> copy_pages(File& from, File& to) {
  if (auto begun = from.run("begin; select count(*) from sqlite_schema"); !begun) return begun;
  sqlite3_backup* const copy = sqlite3_backup_init(to.get(), "main", from.get(), "main");
  if (copy == nullptr) return to.failed_here();
  int code = SQLITE_OK;
  while (code == SQLITE_OK) code = sqlite3_backup_step(copy, pages_a_step);
  sqlite3_backup_finish(copy);
  if (code != SQLITE_DONE) return to.failed_here();
  return from.run("commit");
}

Result<> require_new(const fs::path& file, Existing existing) {
  if (existing == Existing::replaced || !fs::exists(file)) return {};
  return fail(errors::file_exists, file.string() + " exists already.");
}

}  // namespace

Result<BackupReport> back_up(const fs::path& database, const fs::path& file, Existing existing) {
  if (auto checked = require_new(file, existing); !checked) return std::unexpected(std::move(checked.error()));
  if (std::error_code ignored; fs::equivalent(database, file, ignored))
    return fail(errors::file_exists, file.string() + " is the database itself.");
  const Unfinished unfinished(file);
  if (auto made = unfinished.create(); !made) return std::unexpected(std::move(made.error()));
  {
    auto from = File::open(database, SQLITE_OPEN_READWRITE);  // a reader writes as well: the index of the log
    if (!from) return std::unexpected(std::move(from.error()));
    auto to = File::open(unfinished.path(), SQLITE_OPEN_READWRITE);
    if (!to) return std::unexpected(std::move(to.error()));
    if (auto copied = copy_pages(**from, **to); !copied) return std::unexpected(std::move(copied.error()));
    // The file's header says that it has a log, like the database; a backup has none.
    if (auto set = (*to)->run("pragma journal_mode = delete"); !set) return std::unexpected(std::move(set.error()));
    if (auto sound = require_sound(**to, database); !sound) return std::unexpected(std::move(sound.error()));
  }
  auto report = report_of(unfinished.path());
  if (!report) return report;
  std::error_code ignored;
  fs::remove(checksum_file(file), ignored);  // of the file that is replaced
  if (auto finished = unfinished.finish(); !finished) return std::unexpected(std::move(finished.error()));
  if (auto written = write_checksum(file, *report); !written) return std::unexpected(std::move(written.error()));
  return report;
}

namespace {

// The database, opened exclusively, with its log checkpointed and removed. Null when there is none.
Result<std::unique_ptr<File>> seize(const fs::path& database) {
  if (!fs::exists(database)) return nullptr;
  auto opened = File::open(database, SQLITE_OPEN_READWRITE);
  if (!opened) return opened;
  sqlite3_busy_timeout((*opened)->get(), 0);
  // Both need exclusive access: another connection, even an idle one, prevents it.
  auto taken = (*opened)->run("pragma journal_mode = delete; begin exclusive");
  if (taken) return opened;
  const int code = sqlite3_errcode((*opened)->get()) & 0xff;
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
    return fail(errors::in_use,
                database.string() + " is in use: stop the server and every other program that has it open.");
  }
  if (taken.error().code() == errors::damaged) return nullptr;  // then there is nothing to keep
  return std::unexpected(std::move(taken.error()));
}

}  // namespace

Result<BackupReport> restore(const fs::path& file, const fs::path& database, Existing existing) {
  if (auto checked = require_new(database, existing); !checked) return std::unexpected(std::move(checked.error()));
  if (std::error_code ignored; fs::file_size(file.string() + "-wal", ignored) > 0 && !ignored)
    return fail(errors::damaged, file.string() + " has a write-ahead log: it is a database in use, not a backup.");
  auto sum = known_checksum(file);
  if (!sum) return std::unexpected(std::move(sum.error()));
  std::error_code error;
  if (fs::create_directories(folder_of(database), error))
    fs::permissions(folder_of(database), fs::perms::owner_all, error);
  const Unfinished unfinished(database);
  if (auto made = unfinished.create(); !made) return std::unexpected(std::move(made.error()));
  fs::copy_file(file, unfinished.path(), fs::copy_options::overwrite_existing, error);
  if (error) return failed(file, error.message());
  fs::permissions(unfinished.path(), fs::perms::owner_read | fs::perms::owner_write, error);
  auto report = report_of(unfinished.path());
  if (!report) return report;
  if (!sum->empty() && *sum != report->sha256)
    return fail(errors::damaged, file.string() + " is not the file that " + checksum_file(file).string() + " is of.");
  {
    auto copy = File::open(unfinished.path(), SQLITE_OPEN_READWRITE);
    if (!copy) return std::unexpected(std::move(copy.error()));
    if (auto sound = require_sound(**copy, file); !sound) return std::unexpected(std::move(sound.error()));
  }
  const auto seized = seize(database);  // kept until the new file has its name
  if (!seized) return std::unexpected(seized.error());
  for (const char* suffix : {"-wal", "-shm", "-journal"})
    if (*seized == nullptr) fs::remove(database.string() + suffix, error);
  if (auto finished = unfinished.finish(); !finished) return std::unexpected(std::move(finished.error()));
  return report;
}

Result<std::vector<std::string>> integrity_faults(const fs::path& database) {
  auto opened = File::open(database, SQLITE_OPEN_READWRITE);
  if (!opened) return std::unexpected(std::move(opened.error()));
  auto faults = faults_of(**opened);
  if (!faults && faults.error().code() == errors::damaged) return std::vector<std::string>{faults.error().message()};
  return faults;
}

}  // namespace ashlar::sql::sqlite
