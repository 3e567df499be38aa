// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/stored_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace ashlar::web::detail {

namespace {

[[noreturn]] void throw_errno(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

int create(const std::filesystem::path& path) {
  return ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

void write_all(int descriptor, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw_errno("cannot write a file");
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
}

// Calls `take` with the content, piece by piece.
template <class Take>
void read_pieces(int descriptor, Take take) {
  std::string piece(64 * std::size_t{1024}, '\0');
  for (std::uint64_t at = 0;;) {
    const ssize_t size = ::pread(descriptor, piece.data(), piece.size(), static_cast<off_t>(at));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw_errno("cannot read a file");
    if (size == 0) return;
    take(std::string_view(piece).substr(0, static_cast<std::size_t>(size)), at);
    at += static_cast<std::uint64_t>(size);
  }
}

std::filesystem::path make_folder(std::filesystem::path in) {
  if (in.empty()) in = std::filesystem::temp_directory_path();
  std::string name = (in / "ashlar-uploads-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw_errno("cannot make the folder for uploads");
  return name;
}

}  // namespace

StoredFile::StoredFile(std::filesystem::path path, async::BlockingPool& pool, DiskBudget& budget)
    : path_(std::move(path)), pool_(pool), budget_(budget), descriptor_(create(path_)) {
  if (descriptor_ < 0) throw_errno("cannot make a file for an upload");
}

StoredFile::~StoredFile() {
  ::unlink(path_.c_str());
  ::close(descriptor_);
  budget_.give_back(size_);
}

StoredFile::Written StoredFile::append(std::string_view bytes) {
  if (!budget_.take(bytes.size())) return Written::no_room;
  try {
    write_all(descriptor_, bytes, size_);
  } catch (...) {
    budget_.give_back(bytes.size());
    throw;
  }
  size_ += bytes.size();
  return Written::yes;
}

std::string StoredFile::read() const {
  std::string out;
  out.reserve(size_);
  read_pieces(descriptor_, [&](std::string_view piece, std::uint64_t) { out += piece; });
  return out;
}

StoredFile::Kept StoredFile::keep_as(const std::filesystem::path& target) const {
  if (::link(path_.c_str(), target.c_str()) == 0) return Kept::yes;
  if (errno == EEXIST) return Kept::target_exists;
  if (errno != EXDEV && errno != EPERM) throw_errno("cannot keep an upload");
  return copy_to(target);
}

StoredFile::Kept StoredFile::copy_to(const std::filesystem::path& target) const {
  const int copy = create(target);
  if (copy < 0 && errno == EEXIST) return Kept::target_exists;
  if (copy < 0) throw_errno("cannot keep an upload");
  try {
    read_pieces(descriptor_, [copy](std::string_view piece, std::uint64_t at) { write_all(copy, piece, at); });
  } catch (...) {
    ::close(copy);
    ::unlink(target.c_str());
    throw;
  }
  ::close(copy);
  return Kept::yes;
}

UploadFolder::UploadFolder(const FormOptions& options)
    : path_(make_folder(options.upload_folder)), budget_(options.uploads_bytes_max), pool_(options.upload_pool) {
  if (pool_ == nullptr) own_pool_.emplace(async::BlockingPoolOptions{.threads = 2, .name = "uploads"});
}

UploadFolder::~UploadFolder() {
  own_pool_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<StoredFile> UploadFolder::make_file() {
  return std::make_unique<StoredFile>(path_ / std::to_string(++files_), pool(), budget_);
}

}  // namespace ashlar::web::detail
