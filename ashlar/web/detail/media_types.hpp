// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace ashlar::web::detail {

// The media type for a file name's extension (after its last dot, case-insensitive); application/octet-stream if
// unknown. Text is UTF-8.
[[nodiscard]] std::string_view media_type_of_file(std::string_view name);

}  // namespace ashlar::web::detail
