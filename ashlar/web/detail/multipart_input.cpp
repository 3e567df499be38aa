// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/multipart_input.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/http/errors.hpp"
#include "ashlar/schema/fault_codes.hpp"
#include "ashlar/web/detail/magic_numbers.hpp"
#include "ashlar/web/upload.hpp"

#include <cassert>
#include <utility>

namespace ashlar::web::detail {

namespace codes = schema::codes;
using Event = MultipartParser::Event;

MultipartInput::MultipartInput(http::BodyReader& body, std::string_view boundary, const FormOptions& options,
                               std::size_t body_bytes_max, UploadFolder* folder, FieldBinder& fields)
    : body_(body),
      parser_(boundary, {.parts_max = options.fields_max, .header_bytes_max = options.part_header_bytes_max}),
      options_(options),
      body_bytes_max_(body_bytes_max),
      folder_(folder),
      fields_(fields) {}

Task<Result<>> MultipartInput::read() {
  while (true) {
    auto event = parser_.next();
    if (!event) co_return std::unexpected(std::move(event.error()));
    Result<> done;
    switch (*event) {
      case Event::need_more: {
        const std::uint64_t before = body_bytes_;
        done = co_await take_more();
        if (done && body_bytes_ == before) {
          if (auto whole = parser_.finish(); !whole) co_return whole;
          fields_.finish();
          co_return Result<>{};
        }
        break;
      }
      case Event::part:
        begin_part();
        break;
      case Event::data:
        done = co_await take_data(parser_.data());
        break;
      case Event::part_end:
        done = co_await end_part();
        break;
      case Event::end:
        break;
    }
    if (!done) co_return done;
  }
}

Task<Result<>> MultipartInput::take_more() {
  auto piece = co_await body_.read();
  if (!piece) co_return std::unexpected(std::move(piece.error()));
  body_bytes_ += piece->size();
  if (body_bytes_ > body_bytes_max_)
    co_return fail(http::errors::body_too_large, "The body is over " + std::to_string(body_bytes_max_) + " bytes.");
  parser_.add(*piece);
  co_return Result<>{};
}

void MultipartInput::begin_part() {
  const PartHead& part = parser_.part();
  taking_ = Taking::nothing;
  text_.clear();
  first_bytes_.clear();
  file_bytes_ = 0;
  member_ = fields_.find(part.name);
  if (member_ == nullptr) return;
  if (is_file(member_->type())) {
    if (part.file_name) {
      taking_ = Taking::file;
    } else {
      fields_.fault(part.name, codes::file, "must be a file");
      (void)fields_.claim(*member_);
    }
  } else if (part.file_name) {
    fields_.fault(part.name, codes::type, "must be text, not a file");
    (void)fields_.claim(*member_);
  } else {
    taking_ = Taking::text;
  }
}

Task<Result<>> MultipartInput::take_data(std::string_view data) {
  if (taking_ == Taking::nothing) co_return Result<>{};
  if (taking_ == Taking::text) {
    text_ += data;
    if (text_.size() <= options_.field_bytes_max) co_return Result<>{};
    co_return fail(errors::field_too_large,
                   "A field that is not a file has at most " + std::to_string(options_.field_bytes_max) + " bytes.");
  }
  const auto bytes_max = static_cast<std::uint64_t>(*value_type(member_->type()).bounds.max);
  file_bytes_ += data.size();
  if (file_bytes_ > bytes_max) {
    fields_.fault(parser_.part().name, codes::file_too_large,
                  "must have at most " + std::to_string(bytes_max) + " bytes");
    (void)fields_.claim(*member_);
    taking_ = Taking::nothing;
    file_.reset();
    co_return Result<>{};
  }
  if (first_bytes_.size() < sniffed_bytes) first_bytes_ += data.substr(0, sniffed_bytes - first_bytes_.size());
  text_ += data;
  if (text_.size() < options_.upload_piece_bytes_max) co_return Result<>{};
  co_return co_await write_piece();
}

Task<Result<>> MultipartInput::write_piece() {
  assert(folder_ != nullptr);
  auto written = co_await folder_->pool().run([this] {
    if (!file_) file_ = folder_->make_file();
    return file_->append(text_);
  });
  text_.clear();
  if (!written) co_return std::unexpected(std::move(written.error()));
  if (*written == StoredFile::Written::no_room)
    co_return fail(ashlar::errors::overloaded, "There is no room for uploads now.");
  co_return Result<>{};
}

Task<Result<>> MultipartInput::end_part() {
  const PartHead& part = parser_.part();
  switch (std::exchange(taking_, Taking::nothing)) {
    case Taking::nothing:
      break;
    case Taking::text:
      if (text_.contains('\0') || !is_utf8(text_))
        co_return fail(errors::malformed_multipart, "A field's text is not UTF-8, or holds a NUL character.");
      fields_.set_text(part.name, text_);
      break;
    case Taking::file:
      // Sent by a browser when no file was chosen.
      if (part.file_name->empty() && file_bytes_ == 0) break;
      co_return co_await end_file();
  }
  co_return Result<>{};
}

Task<Result<>> MultipartInput::end_file() {
  const PartHead& part = parser_.part();
  const schema::Type& type = value_type(member_->type());
  std::string media_type = media_type_of_upload(first_bytes_, part.content_type, type.media_types);
  if (media_type.empty()) {
    std::string allowed;
    for (const std::string_view one : type.media_types) allowed.append(allowed.empty() ? "" : ", ").append(one);
    fields_.fault(part.name, codes::file_type, "must be one of " + allowed + ", by its name and by its content");
    (void)fields_.claim(*member_);
    file_.reset();
    co_return Result<>{};
  }
  if (auto written = co_await write_piece(); !written) co_return written;
  if (void* place = fields_.place_for_file(*member_); place != nullptr) {
    *static_cast<UploadedFile*>(type.access.file(place)) =
        UploadedFile(std::exchange(file_, nullptr), safe_file_name(*part.file_name), std::move(media_type),
                     essence_of(part.content_type));
  }
  file_.reset();
  co_return Result<>{};
}

}  // namespace ashlar::web::detail
