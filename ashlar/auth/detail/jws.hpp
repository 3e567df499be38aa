// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::auth::detail {

// Signs and verifies compact JWS (RFC 7515 section 7.1) with HS256 and one secret, through cjose. The algorithm is
// pinned: what a header says of it decides nothing, it must say HS256. Safe from any thread.
class JwsKey {
 public:
  explicit JwsKey(std::string_view secret);  // throws std::runtime_error when the library refuses it
  ~JwsKey();
  JwsKey(const JwsKey&) = delete;
  JwsKey& operator=(const JwsKey&) = delete;

  // Throws std::runtime_error when the library fails.
  [[nodiscard]] std::string sign(std::string_view type, std::string_view payload) const;

  // The payload, if the token is three parts of unpadded base64url in the one way to write them, its header says HS256
  // and `type` and nothing that would have to be understood (`crit`), and the signature is right. Else nullopt.
  [[nodiscard]] std::optional<std::string> verify(std::string_view type, std::string_view token) const;

 private:
  struct Key;
  std::unique_ptr<Key> key_;
};

}  // namespace ashlar::auth::detail
