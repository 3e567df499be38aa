// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "backend/exports/export_row.hpp"

#include <optional>
#include <string>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode export_not_found{ErrorKind::not_found, "export.not_found"};
inline constexpr ErrorCode export_not_done{ErrorKind::conflict, "export.not_done"};
inline constexpr ErrorCode export_link_invalid{ErrorKind::forbidden, "export.link_invalid"};  // changed, or expired
}  // namespace errors

// What the API shows of an export.
struct Export {
  Uuid id;
  ExportType type = ExportType::users;
  ExportFormat format = ExportFormat::csv;
  ExportStatus status = ExportStatus::waiting;
  std::int64_t progress = 0;  // percent
  std::int64_t rows = 0;      // written so far
  std::int64_t bytes = 0;
  Nullable<std::string> file_url;  // null until it is done; without a token, until file_url_expires_at
  Nullable<Timestamp> file_url_expires_at;
  Nullable<std::string> failure;
  Timestamp created_at;
  Nullable<Timestamp> finished_at;

  static Export example();
};
ASHLAR_DESCRIBE(Export, id, type, format, status, progress, rows, bytes, file_url, file_url_expires_at, failure,
                created_at, finished_at)

}  // namespace ashlar::backend
