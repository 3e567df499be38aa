// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace ashlar::web::detail {

inline constexpr std::size_t sniffed_bytes = 512;

// The media type detected from a file's first bytes; empty if unknown. Detects png, jpeg, gif, webp, bmp, tiff, avif,
// heic, ico, pdf, zip, gzip, zstd, 7z, mp4, webm, mp3, flac, ogg, wav, wasm, executables.
[[nodiscard]] std::string_view sniff_media_type(std::string_view first_bytes);

// The type of a file: `claimed` without its parameters, or the detected one. Empty when that is not one of `allowed`
// (empty: all are), when the two differ, when the bytes lack the signature of the claimed type, or when text is claimed
// and contains a NUL. Formats based on zip (docx, jar, ...) may be claimed for a zip.
[[nodiscard]] std::string media_type_of_upload(std::string_view first_bytes, std::string_view claimed,
                                               std::span<const std::string_view> allowed);

// "image/png" of "Image/PNG; q=1".
[[nodiscard]] std::string essence_of(std::string_view content_type);

}  // namespace ashlar::web::detail
