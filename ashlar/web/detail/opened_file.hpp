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

// The decoded segments of a path below a folder. nullopt for every path that might lead outside or to hidden files:
// malformed escapes, an escaped slash, a backslash, control characters, empty, too long or too many segments, and
// segments that begin with a dot, including `.` and `..`. A slash at the end is an empty last segment, which becomes
// `index_file` unless that is empty.
[[nodiscard]] std::optional<std::vector<std::string>> names_of_path(std::string_view path, std::string_view index_file);

// A regular file, open for reading. Blocks: used on the threads of a BlockingPool.
class OpenedFile {
 public:
  // Descends from the folder segment by segment without following symbolic links, so that nothing outside can be
  // reached, even if the tree changes meanwhile. The folder itself may be a link. nullopt when there is no such file,
  // or it is not readable. Throws std::system_error when the system fails (no descriptors, a broken disk).
  static std::optional<OpenedFile> open(const std::filesystem::path& folder, std::span<const std::string> names);

  OpenedFile(OpenedFile&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_), modified_(other.modified_) {}
  OpenedFile& operator=(OpenedFile&&) = delete;
  ~OpenedFile();

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::int64_t modified_nanoseconds() const { return modified_; }  // since the epoch
  // Fills `out` from that offset; false when the file has become too short. Throws std::system_error.
  [[nodiscard]] bool read(std::uint64_t offset, std::span<char> out) const;

 private:
  OpenedFile(int descriptor, std::uint64_t size, std::int64_t modified)
      : descriptor_(descriptor), size_(size), modified_(modified) {}

  int descriptor_;
  std::uint64_t size_;
  std::int64_t modified_;
};

}  // namespace ashlar::web::detail
