// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/message.hpp"
#include "ashlar/web/detail/field_binder.hpp"
#include "ashlar/web/detail/multipart.hpp"
#include "ashlar/web/detail/stored_file.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace ashlar::web::detail {

// Reads a multipart body into the members of a struct as it arrives: fields in memory, files on disk. Lives, like its
// arguments, on the frame of the coroutine that awaits read().
class MultipartInput {
 public:
  // `folder` may be null when no member is a file.
  MultipartInput(http::BodyReader& body, std::string_view boundary, const FormOptions& options,
                 std::size_t body_bytes_max, UploadFolder* folder, FieldBinder& fields);

  // Faults of the form as a whole are the error; faults of its fields are added to the binder.
  Task<Result<>> read();

 private:
  enum class Taking : std::uint8_t { nothing, text, file };
  Task<Result<>> take_more();
  void begin_part();
  Task<Result<>> take_data(std::string_view data);
  Task<Result<>> write_piece();
  Task<Result<>> end_part();
  Task<Result<>> end_file();

  http::BodyReader& body_;
  MultipartParser parser_;
  const FormOptions& options_;
  std::size_t body_bytes_max_;
  UploadFolder* folder_;
  FieldBinder& fields_;

  std::uint64_t body_bytes_ = 0;
  const schema::Member* member_ = nullptr;
  Taking taking_ = Taking::nothing;
  std::string text_;  // of a field; of a file: the unwritten part
  std::unique_ptr<StoredFile> file_;
  std::uint64_t file_bytes_ = 0;
  std::string first_bytes_;
};

}  // namespace ashlar::web::detail
