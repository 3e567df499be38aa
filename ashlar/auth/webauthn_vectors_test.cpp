// SPDX-License-Identifier: Apache-2.0
// The test vectors of Web Authentication Level 3, section 16: a registration and an authentication each.
#include "ashlar/auth/webauthn.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace ashlar::auth {
namespace {

struct Vector {
  std::string name;
  std::string challenge, credential_id, client_data_json, attestation_object;
  std::string get_challenge, get_client_data_json, authenticator_data, signature;
};

std::string from_hex(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  return out;
}

std::vector<Vector> vectors() {
  std::ifstream in(ASHLAR_SOURCE_DIR "/ashlar/auth/testdata/webauthn_level3.txt");
  std::vector<Vector> out;
  const auto next = [&in](std::string& line) {
    while (std::getline(in, line))
      if (!line.empty() && line[0] != '#') return true;
    return false;
  };
  for (std::string line; next(line);) {
    Vector& vector = out.emplace_back();
    vector.name = line;
    for (std::string* member :
         {&vector.challenge, &vector.credential_id, &vector.client_data_json, &vector.attestation_object,
          &vector.get_challenge, &vector.get_client_data_json, &vector.authenticator_data, &vector.signature}) {
      if (next(line)) *member = from_hex(line);
    }
  }
  return out;
}

RelyingPartyOptions options() {
  using enum CoseAlgorithm;
  return {.id = "example.org",
          .origins = {"https://example.org"},
          .top_origins = {"https://example.com"},
          .cross_origin = RelyingPartyOptions::CrossOrigin::allowed,
          .algorithms = {es256, es384, es512, eddsa, ed448, rs256}};
}

TEST(WebauthnVectors, RegistrationsAndAuthenticationsAreAccepted) {
  const RelyingParty party(options());
  const auto all = vectors();
  EXPECT_EQ(all.size(), 15U);
  for (const Vector& vector : all) {
    SCOPED_TRACE(vector.name);
    const auto made = party.verify_registration({vector.client_data_json, vector.attestation_object}, vector.challenge);
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(made->id, vector.credential_id);
    const auto used = party.verify_assertion({vector.get_client_data_json, vector.authenticator_data, vector.signature},
                                             {made->public_key, made->backup_eligible}, vector.get_challenge);
    EXPECT_TRUE(used) << used.error().message();
  }
}

// Each byte of what is signed or hashed is changed once.
TEST(WebauthnVectors, AreRefusedWithAnyByteOfTheSignedDataChanged) {
  const RelyingParty party(options());
  for (const Vector& vector : vectors()) {
    SCOPED_TRACE(vector.name);
    const auto made = party.verify_registration({vector.client_data_json, vector.attestation_object}, vector.challenge);
    ASSERT_TRUE(made);
    const StoredCredential stored{made->public_key, made->backup_eligible};
    for (const std::string Vector::* member :
         {&Vector::get_client_data_json, &Vector::authenticator_data, &Vector::signature}) {
      for (std::size_t i = 0; i < (vector.*member).size(); ++i) {
        Vector forged = vector;
        (forged.*const_cast<std::string Vector::*>(member))[i] ^= 0x20;
        EXPECT_FALSE(party.verify_assertion({forged.get_client_data_json, forged.authenticator_data, forged.signature},
                                            stored, vector.get_challenge))
            << i;
      }
    }
  }
}

TEST(WebauthnVectors, AreRefusedWhenTruncated) {
  const RelyingParty party(options());
  for (const Vector& vector : vectors()) {
    SCOPED_TRACE(vector.name);
    for (std::size_t size = 0; size < vector.attestation_object.size(); ++size) {
      const std::string cut = vector.attestation_object.substr(0, size);
      EXPECT_FALSE(party.verify_registration({vector.client_data_json, cut}, vector.challenge)) << size;
    }
    EXPECT_FALSE(
        party.verify_registration({vector.client_data_json, vector.attestation_object + '\0'}, vector.challenge));
  }
}

TEST(WebauthnVectors, AreRefusedWhenTheirAlgorithmIsNotOffered) {
  RelyingPartyOptions few = options();
  few.algorithms = {CoseAlgorithm::eddsa};
  const RelyingParty party(few);
  for (const Vector& vector : vectors()) {
    const auto made = party.verify_registration({vector.client_data_json, vector.attestation_object}, vector.challenge);
    EXPECT_EQ(made.has_value(), vector.name == "packed-eddsa") << vector.name;
  }
}

}  // namespace
}  // namespace ashlar::auth
