// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/compression.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/web/detail/known_headers.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Compresses responses with the client's preferred content coding. The last step before the access log, so that it
// compresses the final body. See docs/guide/compression.md.
namespace ashlar::web {

namespace errors {
inline constexpr ErrorCode not_acceptable{ErrorKind::unsupported_media, "request.not_acceptable"};  // 406
}  // namespace errors

struct CompressionOptions {
  enum class State : std::uint8_t { off, on } state = State::on;
  std::size_t body_bytes_min = 1024;        // smaller ones are not compressed
  std::size_t piece_bytes_max = 32 * 1024;  // compressed at a time; a larger body is streamed to keep its loop free
  std::size_t encoders_max = 128;           // concurrently compressed responses; further ones are sent uncompressed
  std::size_t encoders_kept_max = 16;       // kept for later responses; up to 2 MiB each
  http::CompressionLevels levels{};
  // Of the codings that the client prefers equally, the first is used. A coding that is not listed is never used.
  std::vector<http::ContentCoding> codings = {http::ContentCoding::zstd, http::ContentCoding::brotli,
                                              http::ContentCoding::gzip};
  // "text/css", "text/*", "*+json". An event stream is never compressed: an event must not wait for the next one.
  std::vector<std::string> media_types = {"text/*",
                                          "*+json",
                                          "*+xml",
                                          "application/json",
                                          "application/javascript",
                                          "application/xml",
                                          "application/wasm",
                                          "application/x-ndjson"};
};

// Adds `Vary: Accept-Encoding` unless it is present.
void vary_by_coding(http::ResponseHeaders& headers);

class Compression {
 public:
  explicit Compression(CompressionOptions options);  // throws std::invalid_argument for a level out of range

  // request.not_acceptable when the client refuses every available coding, including identity. Checked before the
  // operation, so that it does not run when its reply cannot be sent.
  [[nodiscard]] std::optional<Error> refusal(const http::Request& request, const KnownHeaders& known) const;

  // Compresses the response if that is useful: a listed media type, and a body that is long enough or streamed. Never
  // one that has a Content-Encoding or a range, whose Cache-Control says no-transform, or that is an event stream. For
  // a client that refuses identity, type and length do not matter. Adds `Vary: Accept-Encoding` to each response that
  // could have been compressed, and makes the ETag of a compressed one weak.
  void apply(const http::Request& request, const KnownHeaders& known, http::Response& response) const;

  // Gives a 304, which still has the body and type of its 200 (or the type and stream_length), the fields that apply()
  // would give that 200 (RFC 9110 section 15.4.5): Vary, and the weak ETag of a compressed body.
  void apply_to_not_modified(const http::Request& request, const KnownHeaders& known, http::Response& response) const;

 private:
  [[nodiscard]] bool is_too_short(const http::Response& response) const;
  [[nodiscard]] bool is_listed(std::string_view content_type) const;
  enum class Gain : std::uint8_t { needed, any };
  bool encode(http::ContentCoding coding, Gain gain, http::Response& response) const;

  CompressionOptions options_;
  mutable http::EncoderPool encoders_;
};

}  // namespace ashlar::web
