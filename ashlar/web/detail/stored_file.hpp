// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/web/forms.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::web::detail {

// A budget of bytes on disk for all files together. Thread-safe.
class DiskBudget {
 public:
  explicit DiskBudget(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}
  [[nodiscard]] bool take(std::uint64_t bytes) {
    if (taken_.fetch_add(bytes) + bytes <= bytes_max_) return true;
    taken_ -= bytes;
    return false;
  }
  void give_back(std::uint64_t bytes) { taken_ -= bytes; }

 private:
  std::uint64_t bytes_max_;
  std::atomic<std::uint64_t> taken_{0};
};

// A temporary file on disk, deleted with this object. Its functions block: used on a pool's threads. They throw
// std::system_error.
class StoredFile {
 public:
  // Creates it: it must not exist, and only its owner may read and write it (O_EXCL, 0600).
  StoredFile(std::filesystem::path path, async::BlockingPool& pool, DiskBudget& budget);
  ~StoredFile();
  StoredFile(const StoredFile&) = delete;
  StoredFile& operator=(const StoredFile&) = delete;

  enum class Written : std::uint8_t { yes, no_room };  // no_room: the budget is used up
  [[nodiscard]] Written append(std::string_view bytes);
  [[nodiscard]] std::string read() const;
  enum class Kept : std::uint8_t { yes, target_exists };
  [[nodiscard]] Kept keep_as(const std::filesystem::path& target) const;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] async::BlockingPool& pool() const { return pool_; }

 private:
  [[nodiscard]] Kept copy_to(const std::filesystem::path& target) const;

  std::filesystem::path path_;
  async::BlockingPool& pool_;
  DiskBudget& budget_;
  int descriptor_;
  std::uint64_t size_ = 0;
};

// The folder for uploads of an App during their requests: private (0700), created at start and removed at the end with
// its content. Thread-safe.
class UploadFolder {
 public:
  explicit UploadFolder(const FormOptions& options);  // throws std::system_error
  ~UploadFolder();
  UploadFolder(const UploadFolder&) = delete;
  UploadFolder& operator=(const UploadFolder&) = delete;

  [[nodiscard]] std::unique_ptr<StoredFile> make_file();  // blocks
  [[nodiscard]] async::BlockingPool& pool() { return pool_ != nullptr ? *pool_ : *own_pool_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  DiskBudget budget_;
  async::BlockingPool* pool_;
  std::optional<async::BlockingPool> own_pool_;
  std::atomic<std::uint64_t> files_{0};
};

}  // namespace ashlar::web::detail
