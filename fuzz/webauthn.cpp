// SPDX-License-Identifier: Apache-2.0
// What a browser sends in the ceremonies of passkeys. The first byte says which part the rest is. A refusal says why,
// and a credential that is accepted is one whose key reads again.
#include "ashlar/auth/webauthn.hpp"

#include "ashlar/auth/detail/authenticator_data.hpp"
#include "ashlar/auth/detail/cbor.hpp"
#include "ashlar/auth/detail/cose_key.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace ashlar;
using namespace ashlar::auth;

const RelyingParty& party() {
  using enum CoseAlgorithm;
  static const RelyingParty one({.id = "example.org",
                                 .origins = {"https://example.org"},
                                 .top_origins = {"https://example.com"},
                                 .cross_origin = RelyingPartyOptions::CrossOrigin::allowed,
                                 .algorithms = {es256, es384, es512, eddsa, ed448, rs256}});
  return one;
}

template <class T>
void check(const Result<T>& result) {
  if (!result && result.error().message().empty()) fuzz::broken("a refusal says why");
}

void attestation(std::string_view bytes) {
  constexpr std::string_view client =
      R"({"type":"webauthn.create","challenge":"AAAAAAAAAAAAAAAAAAAAAA","origin":"https://example.org"})";
  const auto made =
      party().verify_registration({.client_data_json = client, .attestation_object = bytes}, std::string(16, '\0'));
  check(made);
  if (!made) return;
  if (made->id.empty() || made->id.size() > party().options().credential_id_bytes_max)
    fuzz::broken("the id has a length");
  const auto key = detail::read_cose_key(made->public_key);
  if (!key || key->bytes != made->public_key.size()) fuzz::broken("the key reads again");
}

void cbor(std::string_view bytes) {
  detail::CborReader reader(bytes);
  while (const auto item = reader.next()) {
    if (reader.position() > bytes.size()) fuzz::broken("it reads within its bytes");
    if (item->content.size() > bytes.size()) fuzz::broken("content is within the bytes");
  }
  detail::CborReader again(bytes);
  const auto first = again.next();
  if (first && again.skip(*first) && again.position() > bytes.size()) fuzz::broken("it skips within its bytes");
}

void assertion(std::string_view bytes) {
  constexpr std::string_view client =
      R"({"type":"webauthn.get","challenge":"AAAAAAAAAAAAAAAAAAAAAA","origin":"https://example.org"})";
  const auto data = detail::read_authenticator_data(bytes, 1'023);
  check(data);
  const std::string_view key = data && data->credential ? data->credential->public_key : std::string_view{};
  check(party().verify_assertion({.client_data_json = client, .authenticator_data = bytes, .signature = bytes},
                                 {.public_key = key}, std::string(16, '\0')));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::vector<char> exact(data + 1, data + size);  // nothing behind it may be read
  const std::string_view bytes(exact.data(), exact.size());
  switch (data[0]) {
    case 'a':
      attestation(bytes);
      break;
    case 'c':
      check(parse_client_data(bytes));
      break;
    case 'd':
      assertion(bytes);
      break;
    case 'k':
      check(detail::read_cose_key(bytes));
      break;
    default:
      cbor(bytes);
  }
  return 0;
}
