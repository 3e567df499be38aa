// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/schema/constraints.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

// Files uploaded with a form (multipart/form-data), as members of an operation's input:
//
//   struct NewAvatar {
//     Text<1, 80> caption;
//     Upload<5_MiB, "image/png", "image/jpeg"> picture;
//     std::optional<Upload<1_MiB>> thumbnail;                 // any type
//     Array<Upload<10_MiB, "application/pdf">, 0, 3> papers;
//   };
//
// See docs/guide/forms-and-uploads.md.
namespace ashlar {

inline namespace literals {
consteval std::size_t operator""_KiB(unsigned long long count) { return count * 1024; }
consteval std::size_t operator""_MiB(unsigned long long count) { return count * 1024 * 1024; }
}  // namespace literals

namespace web {

namespace errors {
inline constexpr ErrorCode upload_target_exists{ErrorKind::conflict, "upload.target_exists"};
}  // namespace errors

namespace detail {
class StoredFile;
}

// A completely received file. It is stored in a folder of the App that only the App can read, and is deleted with this
// object, whatever the outcome of the request; keep_as() keeps it longer. Move-only; the destructor closes and unlinks
// the file on the calling thread. Must not outlive the App.
class UploadedFile {
 public:
  UploadedFile();  // empty: only an object read from a form has a file
  UploadedFile(UploadedFile&&) noexcept;
  UploadedFile& operator=(UploadedFile&&) noexcept;
  ~UploadedFile();

  [[nodiscard]] const std::string& name() const { return name_; }  // sanitized for storing: see safe_file_name
  // The media type: detected from the first bytes (detail/magic_numbers.hpp), else as claimed by the client; always one
  // that the member lists.
  [[nodiscard]] const std::string& type() const { return type_; }
  [[nodiscard]] const std::string& claimed_type() const { return claimed_type_; }  // the client's; may be empty
  [[nodiscard]] std::uint64_t size() const;                                        // bytes
  [[nodiscard]] const std::filesystem::path& path() const;                         // valid as long as this object lives

  // Both run on the App's upload pool, and `this` must outlive them. System errors are thrown.
  [[nodiscard]] Task<Result<std::string>> read() const;
  // Creates a second link, or a copy on another file system, accessible to its owner only (0600). Nothing is
  // overwritten: error upload.target_exists.
  [[nodiscard]] Task<Result<>> keep_as(std::filesystem::path target) const;

  // For the transport that reads it.
  UploadedFile(std::unique_ptr<detail::StoredFile> file, std::string name, std::string type, std::string claimed_type);

 private:
  std::unique_ptr<detail::StoredFile> file_;
  std::string name_, type_, claimed_type_;
};

}  // namespace web

// An uploaded file of at most `BytesMax` bytes, of one of the media types; without any: of every type.
template <std::size_t BytesMax, Literal... MediaTypes>
class Upload : public web::UploadedFile {
 public:
  static constexpr std::size_t bytes_max = BytesMax;
  static constexpr std::array<std::string_view, sizeof...(MediaTypes)> media_types{MediaTypes.view()...};
};

namespace schema {
namespace detail {
Check refuse_text_for_file();
}

template <std::size_t BytesMax, Literal... MediaTypes>
struct Describe<Upload<BytesMax, MediaTypes...>> {
  using Value = Upload<BytesMax, MediaTypes...>;
  static Type type() {
    Type out{.kind = Kind::string, .format = Format::file, .bounds = {0, static_cast<std::int64_t>(BytesMax)}};
    out.media_types = Value::media_types;
    out.access.file = [](void* value) -> void* { return static_cast<web::UploadedFile*>(static_cast<Value*>(value)); };
    out.access.set_text = [](void*, std::string_view) { return detail::refuse_text_for_file(); };
    out.access.append_text = [](const void* value, std::string& out_text) {
      out_text += static_cast<const Value*>(value)->name();
    };
    return out;
  }
};
}  // namespace schema

}  // namespace ashlar
