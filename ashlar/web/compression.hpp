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

// Responses in the content coding that the client likes best. The last step before the access log: what is compressed
// is what everything before it made. See docs/guide/compression.md.
namespace ashlar::web {

namespace errors {
inline constexpr ErrorCode not_acceptable{ErrorKind::unsupported_media, "request.not_acceptable"};  // 406
}  // namespace errors

struct CompressionOptions {
  enum class State : std::uint8_t { off, on } state = State::on;
  std::size_t body_bytes_min = 1024;        // smaller ones gain nothing
  std::size_t piece_bytes_max = 32 * 1024;  // at a time on a loop; a larger body is streamed, others served in between
  std::size_t encoders_max = 128;           // responses being compressed at once; more go out as they are
  std::size_t encoders_kept_max = 16;       // for the next responses; up to 2 MiB each
  http::CompressionLevels levels{};
  // The first of them wins where the client likes several alike. Without one of them, it is never used.
  std::vector<http::ContentCoding> codings = {http::ContentCoding::zstd, http::ContentCoding::brotli,
                                              http::ContentCoding::gzip};
  // "text/css", "text/*", "*+json". An event stream never is: an event must not wait for the next one.
  std::vector<std::string> media_types = {"text/*",
                                          "*+json",
                                          "*+xml",
                                          "application/json",
                                          "application/javascript",
                                          "application/xml",
                                          "application/wasm",
                                          "application/x-ndjson"};
};

// Adds `Vary: Accept-Encoding` unless it is there.
void vary_by_coding(http::ResponseHeaders& headers);

class Compression {
 public:
  explicit Compression(CompressionOptions options);  // throws std::invalid_argument for a level out of its range

  // request.not_acceptable when the client refuses every coding that we have, and no coding as well. Before the
  // operation, so that nothing is done whose answer cannot be given.
  [[nodiscard]] std::optional<Error> refusal(const http::Request& request, const KnownHeaders& known) const;

  // Compresses the response if it gains by it: the media type is listed, the body long enough, or streamed; never one
  // that has a Content-Encoding or a range, whose Cache-Control says no-transform, or that is an event stream. Type and
  // length do not matter to a client that refuses what is not compressed. Adds `Vary: Accept-Encoding` to each that
  // might have been compressed, and makes the ETag of one that was weak.
  void apply(const http::Request& request, const KnownHeaders& known, http::Response& response) const;

  // Gives a 304 that still has the body and type of its 200, or the type and stream_length, the fields that apply()
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
