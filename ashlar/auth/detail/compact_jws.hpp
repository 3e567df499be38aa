// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::auth::detail {

inline constexpr std::size_t jws_header_bytes_max = 1024;  // decoded

// A JWS in compact serialisation (RFC 7515 section 7.1), decoded and not verified.
struct CompactJws {
  std::string algorithm;
  std::string type;    // empty: the header has no typ
  std::string key_id;  // empty: the header has no kid
  std::string payload;
  std::string signature;
  std::string_view signed_text;  // views the token: the first two parts with their dot
};

// Nullopt for anything that is not exactly this: three parts of unpadded base64url with unused bits zero, of which the
// payload alone may be empty; a header that is one JSON object (RFC 8259) of at most jws_header_bytes_max bytes without
// duplicate member names (RFC 7515 section 4), whose alg is a string and whose typ and kid, where present, are strings
// that are not empty. A header with crit is refused whatever its value (section 4.1.11: this library knows no
// extension). jwk, jku, x5c and x5u are ignored: the sender of a token does not choose the key.
[[nodiscard]] std::optional<CompactJws> parse_compact_jws(std::string_view token);

// The first part for these members. `key_id` empty: left out.
[[nodiscard]] std::string encode_jws_header(std::string_view algorithm, std::string_view type, std::string_view key_id);

}  // namespace ashlar::auth::detail
