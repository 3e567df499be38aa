// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/describe.hpp"

#include <cstdint>
#include <string_view>

namespace ashlar::exports {

// The file formats that rows can be exported to. CSV and JSON: text_rows.hpp; XLSX: xlsx_file.hpp.
enum class Format : std::uint8_t { csv, json, xlsx };
ASHLAR_DESCRIBE_ENUM(Format, csv, json, xlsx)

// "text/csv; charset=utf-8; header=present" (RFC 7111 section 5.1), "application/json", ...
[[nodiscard]] std::string_view media_type_of(Format format);

}  // namespace ashlar::exports
