// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/magic_numbers.hpp"

#include "ashlar/core/encoding.hpp"

#include <algorithm>
#include <array>

namespace ashlar::web::detail {

namespace {

using namespace std::string_view_literals;

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view type;
};

constexpr std::array<Magic, 28> magics{{
    {0, "\x89PNG\r\n\x1a\n"sv, "image/png"},
    {0, "\xff\xd8\xff"sv, "image/jpeg"},
    {0, "GIF87a"sv, "image/gif"},
    {0, "GIF89a"sv, "image/gif"},
    {8, "WEBPVP8"sv, "image/webp"},
    {8, "WAVE"sv, "audio/wav"},
    {0, "II*\0"sv, "image/tiff"},
    {0, "MM\0*"sv, "image/tiff"},
    {4, "ftypavif"sv, "image/avif"},
    {4, "ftypheic"sv, "image/heic"},
    {4, "ftypqt  "sv, "video/quicktime"},
    {4, "ftypM4A "sv, "audio/mp4"},
    {4, "ftyp"sv, "video/mp4"},
    {0, "\0\0\1\0"sv, "image/x-icon"},
    {0, "%PDF-"sv, "application/pdf"},
    {0, "PK\3\4"sv, "application/zip"},
    {0, "PK\5\6"sv, "application/zip"},
    {0, "\x1f\x8b\x08"sv, "application/gzip"},
    {0, "\x28\xb5\x2f\xfd"sv, "application/zstd"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "application/x-7z-compressed"},
    {0, "\x1a\x45\xdf\xa3"sv, "video/webm"},
    {0, "ID3"sv, "audio/mpeg"},
    {0, "fLaC"sv, "audio/flac"},
    {0, "OggS"sv, "audio/ogg"},
    {0, "\0asm"sv, "application/wasm"},
    {0, "\x7f\x45LF"sv, "application/x-executable"},
    {0, "MZ"sv, "application/x-msdownload"},
    {0, "BM"sv, "image/bmp"},
}};

// Two letters prove little: the rest of the header is checked as well.
bool is_too_weak(const Magic& magic, std::string_view bytes) {
  if (magic.type == "image/bmp") return bytes.size() < 14 || bytes.substr(6, 4) != "\0\0\0\0"sv;
  if (magic.type == "application/x-msdownload") return bytes.size() < 64 || bytes.find('\0') == bytes.npos;
  return (magic.type == "audio/wav" || magic.type == "image/webp") && !bytes.starts_with("RIFF");
}

bool is_known(std::string_view type) { return std::ranges::find(magics, type, &Magic::type) != magics.end(); }

bool stands_on_zip(std::string_view type) {
  return type.starts_with("application/vnd.openxmlformats-officedocument.") ||
         type.starts_with("application/vnd.oasis.opendocument.") || type == "application/epub+zip" ||
         type == "application/java-archive" || type == "application/x-zip-compressed";
}

bool is_text(std::string_view type) {
  return type.starts_with("text/") || type == "application/json" || type == "application/xml" ||
         type == "image/svg+xml";
}

}  // namespace

std::string essence_of(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ') || content_type.ends_with('\t')) content_type.remove_suffix(1);
  return ascii_lower(content_type);
}

std::string_view sniff_media_type(std::string_view first_bytes) {
  for (const Magic& magic : magics) {
    if (first_bytes.size() >= magic.offset && first_bytes.substr(magic.offset).starts_with(magic.bytes) &&
        !is_too_weak(magic, first_bytes))
      return magic.type;
  }
  return {};
}

std::string media_type_of_upload(std::string_view first_bytes, std::string_view claimed,
                                 std::span<const std::string_view> allowed) {
  const std::string said = essence_of(claimed);
  const std::string_view shown = sniff_media_type(first_bytes);
  std::string type = said;
  if (allowed.empty()) {
    if (!shown.empty() && !(shown == "application/zip" && stands_on_zip(said))) return std::string(shown);
    return said.empty() || is_known(said) ? "application/octet-stream" : said;
  }
  if (said.empty() || said == "application/octet-stream") type = shown;  // the client's type is unknown
  if (std::ranges::find(allowed, type) == allowed.end()) return {};
  if (!shown.empty())
    return shown == type || (shown == "application/zip" && stands_on_zip(type)) ? type : std::string{};
  if (is_known(type) || stands_on_zip(type)) return {};
  if (is_text(type) && first_bytes.contains('\0')) return {};
  return type;
}

}  // namespace ashlar::web::detail
