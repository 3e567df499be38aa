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

// Files that come with a form (multipart/form-data), as members of an operation's input:
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

// A file that was received whole. It lies in a folder of the App's that nobody else can read, and is deleted with this
// object, whatever came of the request; keep_as() is how to have it longer. Moves only; destroying it closes and
// unlinks a file, on the thread that does so. Lives no longer than the App.
class UploadedFile {
 public:
  UploadedFile();  // none yet: only what was read from a form has the rest
  UploadedFile(UploadedFile&&) noexcept;
  UploadedFile& operator=(UploadedFile&&) noexcept;
  ~UploadedFile();

  [[nodiscard]] const std::string& name() const { return name_; }  // made safe to keep it under: safe_file_name
  // The media type: what its first bytes show (detail/magic_numbers.hpp), else what the client says; never one that the
  // member does not list.
  [[nodiscard]] const std::string& type() const { return type_; }
  [[nodiscard]] const std::string& claimed_type() const { return claimed_type_; }  // as the client says; may be empty
  [[nodiscard]] std::uint64_t size() const;                                        // bytes
  [[nodiscard]] const std::filesystem::path& path() const;                         // as long as this object lives

  // Both run on the App's pool for uploads, and `this` must outlive them. What the system refuses is thrown.
  [[nodiscard]] Task<Result<std::string>> read() const;
  // Gives it a second name, or copies it where that is another file system, with rights for its owner alone (0600).
  // Nothing is overwritten: error upload.target_exists.
  [[nodiscard]] Task<Result<>> keep_as(std::filesystem::path target) const;

  // For the face that reads it.
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
