// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ashlar {

// HMAC-SHA-256 (RFC 2104) with rotatable keys: the first key signs, all keys verify.
class SigningKeys {
 public:
  explicit SigningKeys(std::vector<std::string> keys);  // throws std::invalid_argument: no key, or one under 32 bytes

  // 43 characters of base64url. `purpose` separates domains: a signature is valid for its own purpose only.
  [[nodiscard]] std::string sign(std::string_view purpose, std::string_view text) const;
  // Takes constant time.
  [[nodiscard]] bool verify(std::string_view purpose, std::string_view text, std::string_view signature) const;

 private:
  std::vector<std::string> keys_;
};

}  // namespace ashlar
