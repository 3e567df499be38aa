// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::web::detail {

// The names that a path below a folder leads through, decoded. nullopt for every path that might lead elsewhere or to
// what is hidden: malformed escapes, an escaped slash, a backslash, control characters, empty, too long or too many
// segments, and each that begins with a dot, `.` and `..` among them. A slash at the end is an empty last segment,
// which becomes `index_file` unless that is empty.
[[nodiscard]] std::optional<std::vector<std::string>> names_of_path(std::string_view path, std::string_view index_file);

// A regular file, open for reading. Blocks: used on a BlockingPool's threads.
class OpenedFile {
 public:
  // Goes down from the folder name by name and follows no symbolic link, so that nothing outside can be reached, not
  // even when the tree changes meanwhile. The folder itself may be a link. nullopt when there is no such file, or none
  // that we may read. Throws std::system_error when the system fails (no descriptors, a broken disk).
  static std::optional<OpenedFile> open(const std::filesystem::path& folder, std::span<const std::string> names);

  OpenedFile(OpenedFile&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_), modified_(other.modified_) {}
  OpenedFile& operator=(OpenedFile&&) = delete;
  ~OpenedFile();

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::int64_t modified_nanoseconds() const { return modified_; }  // since the epoch
  // Fills `out` from there; false when the file ends before, because it was cut meanwhile. Throws std::system_error.
  [[nodiscard]] bool read(std::uint64_t offset, std::span<char> out) const;

 private:
  OpenedFile(int descriptor, std::uint64_t size, std::int64_t modified)
      : descriptor_(descriptor), size_(size), modified_(modified) {}

  int descriptor_;
  std::uint64_t size_;
  std::int64_t modified_;
};

}  // namespace ashlar::web::detail
