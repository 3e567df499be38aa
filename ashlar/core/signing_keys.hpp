// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ashlar {

// HMAC-SHA-256 (RFC 2104) with keys that can be changed: the first signs, all of them verify.
class SigningKeys {
 public:
  explicit SigningKeys(std::vector<std::string> keys);  // throws std::invalid_argument: none, or one under 32 bytes

  // 43 characters of base64url. `purpose` keeps what is signed for one thing from being taken for another.
  [[nodiscard]] std::string sign(std::string_view purpose, std::string_view text) const;
  // Takes as long whether it is right or not.
  [[nodiscard]] bool verify(std::string_view purpose, std::string_view text, std::string_view signature) const;

 private:
  std::vector<std::string> keys_;
};

}  // namespace ashlar
