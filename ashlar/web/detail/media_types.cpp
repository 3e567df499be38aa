// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/media_types.hpp"

#include "ashlar/core/encoding.hpp"

#include <array>
#include <utility>

namespace ashlar::web::detail {

std::string_view media_type_of_file(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 36> types{{
      {"html", "text/html; charset=utf-8"},
      {"htm", "text/html; charset=utf-8"},
      {"css", "text/css; charset=utf-8"},
      {"js", "text/javascript; charset=utf-8"},
      {"mjs", "text/javascript; charset=utf-8"},
      {"json", "application/json"},
      {"map", "application/json"},
      {"webmanifest", "application/manifest+json"},
      {"txt", "text/plain; charset=utf-8"},
      {"md", "text/markdown; charset=utf-8"},
      {"csv", "text/csv; charset=utf-8"},
      {"xml", "application/xml"},
      {"svg", "image/svg+xml"},
      {"wasm", "application/wasm"},
      {"png", "image/png"},
      {"jpg", "image/jpeg"},
      {"jpeg", "image/jpeg"},
      {"gif", "image/gif"},
      {"webp", "image/webp"},
      {"avif", "image/avif"},
      {"ico", "image/vnd.microsoft.icon"},
      {"woff2", "font/woff2"},
      {"woff", "font/woff"},
      {"ttf", "font/ttf"},
      {"otf", "font/otf"},
      {"pdf", "application/pdf"},
      {"zip", "application/zip"},
      {"gz", "application/gzip"},
      {"mp3", "audio/mpeg"},
      {"ogg", "audio/ogg"},
      {"wav", "audio/wav"},
      {"m4a", "audio/mp4"},
      {"mp4", "video/mp4"},
      {"webm", "video/webm"},
      {"vtt", "text/vtt; charset=utf-8"},
      {"ics", "text/calendar; charset=utf-8"},
  }};
  const std::size_t dot = name.rfind('.');
  if (dot != name.npos) {
    for (const auto& [ending, type] : types) {
      if (ascii_iequals(name.substr(dot + 1), ending)) return type;
    }
  }
  return "application/octet-stream";
}

}  // namespace ashlar::web::detail
