// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>

// Form bodies: application/x-www-form-urlencoded (WHATWG URL section 5) and multipart/form-data (RFC 7578). See
// docs/guide/forms-and-uploads.md.
namespace ashlar::web {

namespace errors {
inline constexpr ErrorCode malformed_form{ErrorKind::malformed, "request.malformed_form"};
inline constexpr ErrorCode malformed_multipart{ErrorKind::malformed, "request.malformed_multipart"};
inline constexpr ErrorCode too_many_fields{ErrorKind::too_large, "request.too_many_fields"};
inline constexpr ErrorCode field_too_large{ErrorKind::too_large, "request.field_too_large"};
}  // namespace errors

// Whether a route accepts forms in addition to JSON. A route whose input contains files accepts only
// multipart/form-data.
enum class Forms : std::uint8_t { no, yes };

struct FormOptions {
  std::size_t form_bytes_max = 1024 * 1024;        // of an urlencoded body, 413; the route's own limit also applies
  std::size_t fields_max = 256;                    // pairs or parts of one form, 413
  std::size_t field_bytes_max = 64 * 1024;         // of a part that is not a file, 413
  std::size_t part_header_bytes_max = 4 * 1024;    // total header lines of a part, 400
  std::size_t upload_piece_bytes_max = 64 * 1024;  // of a file in memory before it is written to disk
  std::uint64_t uploads_bytes_max = 1024 * 1024 * 1024;  // on disk, of all requests together; more is 503
  std::filesystem::path upload_folder{};       // the parent of our folder; empty: the system's temporary folder
  async::BlockingPool* upload_pool = nullptr;  // writes files, outlives the App; null: two threads of the App
};

}  // namespace ashlar::web
