// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/random.hpp"

#include <string>
#include <string_view>

// Tokens that are sent to a person and used once, for instance in a link of a mail: 256 random bits as 43 characters of
// base64url, which need no escape in a URL. Only the hash is stored, so a reader of the database cannot use one.
namespace ashlar::auth {

struct OneTimeToken {
  std::string text;  // never stored, never logged
  std::string hash;  // see one_time_token_hash
};

[[nodiscard]] OneTimeToken new_one_time_token(Random& random);

// SHA-256 of the text, 64 hexadecimal digits in lower case. Rows are found by it: with 256 random bits neither a slow
// hash nor a comparison in constant time adds anything. Takes any text.
[[nodiscard]] std::string one_time_token_hash(std::string_view text);

}  // namespace ashlar::auth
