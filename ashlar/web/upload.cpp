// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/upload.hpp"

#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/web/detail/stored_file.hpp"

#include <cassert>

namespace ashlar::web {

using detail::StoredFile;

UploadedFile::UploadedFile() = default;
UploadedFile::UploadedFile(UploadedFile&&) noexcept = default;
UploadedFile& UploadedFile::operator=(UploadedFile&&) noexcept = default;
UploadedFile::~UploadedFile() = default;

UploadedFile::UploadedFile(std::unique_ptr<StoredFile> file, std::string name, std::string type,
                           std::string claimed_type)
    : file_(std::move(file)), name_(std::move(name)), type_(std::move(type)), claimed_type_(std::move(claimed_type)) {}

std::uint64_t UploadedFile::size() const { return file_ ? file_->size() : 0; }

const std::filesystem::path& UploadedFile::path() const {
  assert(file_ && "there is a file");
  return file_->path();
}

Task<Result<std::string>> UploadedFile::read() const {
  if (!file_) co_return std::string{};
  co_return co_await file_->pool().run([&file = *file_] { return file.read(); });
}

Task<Result<>> UploadedFile::keep_as(std::filesystem::path target) const {
  assert(file_ && "there is a file");
  auto kept = co_await file_->pool().run([&file = *file_, &target] { return file.keep_as(target); });
  if (!kept) co_return std::unexpected(std::move(kept.error()));
  if (*kept == StoredFile::Kept::target_exists)
    co_return fail(errors::upload_target_exists, "A file of this name exists already.");
  co_return Result<>{};
}

}  // namespace ashlar::web

namespace ashlar::schema {

Check detail::refuse_text_for_file() { return Violation{codes::file, "must be a file"}; }

}  // namespace ashlar::schema
