// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace ashlar::test {

// An authenticator and the browser in front of it: makes a credential with a new P-256 key, and signs with it. Every
// member can be changed before a ceremony, to forge one.
class TestAuthenticator {
 public:
  explicit TestAuthenticator(std::string id_bytes = {});  // of the credential; empty: a new random one
  ~TestAuthenticator();
  TestAuthenticator(const TestAuthenticator&) = delete;
  TestAuthenticator& operator=(const TestAuthenticator&) = delete;

  std::string rp_id = "example.org";
  std::string origin = "https://example.org";
  std::string create_type = "webauthn.create";
  std::string get_type = "webauthn.get";
  std::string more_client_data;  // `,"crossOrigin":true`
  std::uint8_t flags = present | verified;
  std::uint32_t sign_count = 0;
  std::int32_t algorithm = -7;  // as the key says it
  std::string extensions;       // CBOR after the rest; flag `extended` is not set by itself
  std::string user_handle;      // bytes; empty: none is returned

  static constexpr std::uint8_t present = 0x01, verified = 0x04, eligible = 0x08, backed_up = 0x10, extended = 0x80;

  [[nodiscard]] const std::string& id() const { return id_; }  // bytes
  [[nodiscard]] std::string id_text() const;                   // base64url
  [[nodiscard]] std::string client_data(std::string_view type, std::string_view challenge) const;
  [[nodiscard]] std::string authenticator_data() const;  // of an assertion
  [[nodiscard]] std::string public_key() const;          // COSE_Key
  [[nodiscard]] std::string attestation_object() const;  // format none
  [[nodiscard]] std::string sign(std::string_view authenticator_data, std::string_view client_data) const;

  // What toJSON() of the browser gives. The challenge is base64url, as in the options.
  [[nodiscard]] std::string registration(std::string_view challenge) const;
  [[nodiscard]] std::string assertion(std::string_view challenge) const;

 private:
  struct Key;
  std::string id_;
  std::unique_ptr<Key> key_;
};

}  // namespace ashlar::test
