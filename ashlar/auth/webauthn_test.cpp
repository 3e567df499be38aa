// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/webauthn.hpp"

#include "ashlar/auth/detail/cbor.hpp"
#include "ashlar/auth/detail/cose_key.hpp"
#include "ashlar/core/encoding.hpp"
#include "tests/support/test_authenticator.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace ashlar::auth {
namespace {

using test::TestAuthenticator;
using namespace std::string_literals;

const std::string challenge(32, 'c');
std::string challenge_text() { return to_base64url(std::as_bytes(std::span(challenge))); }

RelyingPartyOptions options() { return {.id = "example.org", .origins = {"https://example.org"}}; }

// "ok", or the code's last word and the message.
template <class T>
std::string outcome(const Result<T>& result) {
  if (result) return "ok";
  const std::string_view code = result.error().code().name;
  return std::string(code.substr(code.rfind('_') + 1)) + ": " + result.error().message();
}

std::string registered(const TestAuthenticator& device, const RelyingPartyOptions& with = options()) {
  const std::string client = device.client_data(device.create_type, challenge_text());
  return outcome(RelyingParty(with).verify_registration({client, device.attestation_object()}, challenge));
}

std::string asserted(const TestAuthenticator& device, const RelyingPartyOptions& with = options()) {
  const std::string client = device.client_data(device.get_type, challenge_text());
  const std::string data = device.authenticator_data();
  return outcome(RelyingParty(with).verify_assertion({client, data, device.sign(data, client)},
                                                     {.public_key = device.public_key()}, challenge));
}

struct Forgery {
  std::string name;
  std::function<void(TestAuthenticator&)> change;
  std::string outcome;
};

// Of both ceremonies.
const std::vector<Forgery> forgeries = {
    {"none", [](auto&) {}, "ok"},
    {"another origin", [](auto& d) { d.origin = "https://example.com"; }, "refused: The origin is not allowed."},
    {"an origin with a path", [](auto& d) { d.origin += "/"; }, "refused: The origin is not allowed."},
    {"another RP ID", [](auto& d) { d.rp_id = "example.com"; }, "refused: The response is for another RP ID."},
    {"no user present", [](auto& d) { d.flags = TestAuthenticator::verified; }, "refused: The user was not present."},
    {"backed up without being eligible", [](auto& d) { d.flags |= TestAuthenticator::backed_up; },
     "malformed: The authenticator data is backed up without being eligible."},
    {"an embedded page", [](auto& d) { d.more_client_data = R"(,"crossOrigin":true)"; },
     "refused: Passkeys are not used in embedded pages here."},
    {"an embedding page",
     [](auto& d) { d.more_client_data = R"(,"crossOrigin":true,"topOrigin":"https://example.com")"; },
     "refused: The origin of the embedding page is not allowed."},
    {"an unexpected top origin",
     [](auto& d) { d.more_client_data = R"(,"crossOrigin":false,"topOrigin":"https://example.org")"; },
     "refused: The origin of the embedding page is not allowed."},
    {"members of a later version", [](auto& d) { d.more_client_data = R"(,"later":{"a":[1]})"; }, "ok"},
    {"a member twice", [](auto& d) { d.more_client_data = R"(,"origin":"https://example.org")"; },
     "malformed: The client data is malformed: /origin must be given once"},
    {"a text for crossOrigin", [](auto& d) { d.more_client_data = R"(,"crossOrigin":"no")"; },
     "malformed: The client data is malformed: /crossOrigin must be true or false"},
    {"extensions without their flag", [](auto& d) { d.extensions = "\xa0"; },
     "malformed: The authenticator data has bytes after its end."},
    {"a flag without extensions", [](auto& d) { d.flags |= TestAuthenticator::extended; },
     "malformed: The authenticator data has malformed extensions."},
    {"extensions",
     [](auto& d) {
       d.flags |= TestAuthenticator::extended;
       d.extensions = "\xa1\x63"s + "abc" + "\x82\xf5\xf9\x3c\x00"s;
     },
     "ok"},
    {"extensions that are a list",
     [](auto& d) {
       d.flags |= TestAuthenticator::extended;
       d.extensions = "\x80";
     },
     "malformed: The authenticator data has malformed extensions."},
    {"extensions that announce four billion members",
     [](auto& d) {
       d.flags |= TestAuthenticator::extended;
       d.extensions = "\xba\xff\xff\xff\xff"s;
     },
     "malformed: The authenticator data has malformed extensions."},
    {"deeply nested extensions",
     [](auto& d) {
       d.flags |= TestAuthenticator::extended;
       d.extensions = "\xa1\x00"s + std::string(20, '\x81') + '\x00';
     },
     "malformed: The authenticator data has malformed extensions."},
};

TEST(Webauthn, RefusesForgedCeremonies) {
  for (const Forgery& forgery : forgeries) {
    SCOPED_TRACE(forgery.name);
    TestAuthenticator device;
    forgery.change(device);
    EXPECT_EQ(registered(device), forgery.outcome);
    EXPECT_EQ(asserted(device), forgery.outcome);
  }
}

TEST(Webauthn, ClientDataOfTheOtherCeremonyIsRefused) {
  TestAuthenticator device;
  std::swap(device.create_type, device.get_type);
  EXPECT_EQ(registered(device), "refused: The client data is of another ceremony.");
  EXPECT_EQ(asserted(device), "refused: The client data is of another ceremony.");
}

TEST(Webauthn, AnotherChallengeIsRefused) {
  const TestAuthenticator device;
  const RelyingParty party(options());
  const std::string create = device.client_data(device.create_type, "b3RoZXI");
  EXPECT_EQ(outcome(party.verify_registration({create, device.attestation_object()}, challenge)),
            "refused: The challenge is another one.");
  const std::string empty = device.client_data(device.create_type, "");
  EXPECT_EQ(outcome(party.verify_registration({empty, device.attestation_object()}, "")),
            "refused: The challenge is another one.");
  const std::string padded = device.client_data(device.create_type, challenge_text() + "=");
  EXPECT_EQ(outcome(party.verify_registration({padded, device.attestation_object()}, challenge)),
            "malformed: The challenge of the client data is not base64url.");
}

TEST(Webauthn, EmbeddedPagesAreAcceptedWhereTheyAreListed) {
  RelyingPartyOptions with = options();
  with.cross_origin = RelyingPartyOptions::CrossOrigin::allowed;
  with.top_origins = {"https://shop.example"};
  TestAuthenticator device;
  device.more_client_data = R"(,"crossOrigin":true,"topOrigin":"https://shop.example")";
  EXPECT_EQ(registered(device, with), "ok");
  EXPECT_EQ(asserted(device, with), "ok");
  device.more_client_data = R"(,"crossOrigin":true,"topOrigin":"https://shop.example:444")";
  EXPECT_EQ(asserted(device, with), "refused: The origin of the embedding page is not allowed.");
}

TEST(Webauthn, UserVerificationIsEnforcedWhenRequired) {
  RelyingPartyOptions with = options();
  TestAuthenticator device;
  device.flags = TestAuthenticator::present;
  EXPECT_EQ(registered(device, with), "ok");
  EXPECT_EQ(asserted(device, with), "ok");
  with.user_verification = RelyingPartyOptions::UserVerification::required;
  EXPECT_EQ(registered(device, with), "refused: The user was not verified.");
  EXPECT_EQ(asserted(device, with), "refused: The user was not verified.");
}

TEST(Webauthn, SaysWhatTheAuthenticatorSaid) {
  TestAuthenticator device;
  device.flags = TestAuthenticator::present | TestAuthenticator::eligible | TestAuthenticator::backed_up;
  device.sign_count = 0xfffefdfc;
  const std::string client = device.client_data(device.create_type, challenge_text());
  const auto made = RelyingParty(options()).verify_registration({client, device.attestation_object()}, challenge);
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(made->id, device.id());
  EXPECT_EQ(made->public_key, device.public_key());
  EXPECT_EQ(made->sign_count, 0xfffefdfcU);
  EXPECT_FALSE(made->user_verified);
  EXPECT_TRUE(made->backup_eligible);
  EXPECT_TRUE(made->backed_up);
  EXPECT_EQ(made->attestation_format, "none");
}

TEST(Webauthn, BackupEligibilityDoesNotChange) {
  TestAuthenticator device;
  device.flags |= TestAuthenticator::eligible;
  EXPECT_EQ(asserted(device), "refused: The backup eligibility is not the one that was registered.");
}

TEST(Webauthn, ASignatureOfAnotherKeyIsRefused) {
  const TestAuthenticator device, other;
  const std::string client = device.client_data(device.get_type, challenge_text());
  const std::string data = device.authenticator_data();
  EXPECT_EQ(outcome(RelyingParty(options()).verify_assertion({client, data, other.sign(data, client)},
                                                             {.public_key = device.public_key()}, challenge)),
            "refused: The signature is wrong.");
}

TEST(Webauthn, AnAssertionWithACredentialInItIsRefused) {
  const TestAuthenticator device;
  const std::string client = device.client_data(device.get_type, challenge_text());
  const std::string object = device.attestation_object();
  const std::string data = object.substr(object.find("authData") + 10);
  EXPECT_EQ(outcome(RelyingParty(options()).verify_assertion({client, data, device.sign(data, client)},
                                                             {.public_key = device.public_key()}, challenge)),
            "malformed: The authenticator data of an assertion has a credential.");
}

TEST(Webauthn, AnAlgorithmThatIsNotOfferedIsRefused) {
  TestAuthenticator device;
  device.algorithm = -47;  // ES256K
  EXPECT_EQ(registered(device), "refused: The algorithm of the public key is not offered.");
  device.algorithm = -35;  // its curve is not that of the key
  RelyingPartyOptions with = options();
  with.algorithms.push_back(CoseAlgorithm::es384);
  EXPECT_EQ(registered(device, with), "malformed: The public key is not valid.");
  device.algorithm = -257;
  EXPECT_EQ(registered(device, with), "malformed: The public key is of a type that its algorithm does not have.");
}

TEST(Webauthn, CredentialIdsHaveAtMost1023Bytes) {
  EXPECT_EQ(registered(TestAuthenticator(std::string(1'023, 'i'))), "ok");
  EXPECT_EQ(registered(TestAuthenticator(std::string(1'024, 'i'))),
            "malformed: The authenticator data has a credential id of a length that is not allowed.");
}

TEST(Webauthn, PartsThatAreTooLongAreRefusedBeforeTheyAreRead) {
  RelyingPartyOptions with = options();
  with.attestation_bytes_max = 100;
  const TestAuthenticator device;
  EXPECT_EQ(registered(device, with), "malformed: The attestation object is too long.");
  with.client_data_bytes_max = 10;
  EXPECT_EQ(registered(device, with), "malformed: The client data is too long.");
  EXPECT_EQ(asserted(device, with), "malformed: The client data is too long.");
  with = options();
  with.authenticator_data_bytes_max = 36;
  EXPECT_EQ(asserted(device, with), "malformed: The authenticator data is too long.");
}

TEST(Webauthn, ThrowsForAnIncompleteRelyingParty) {
  EXPECT_THROW(RelyingParty({.id = "", .origins = {"https://example.org"}}), std::invalid_argument);
  EXPECT_THROW(RelyingParty({.id = "example.org", .origins = {}}), std::invalid_argument);
  EXPECT_THROW(RelyingParty({.id = "example.org", .origins = {"https://example.org"}, .algorithms = {}}),
               std::invalid_argument);
}

TEST(Webauthn, ACounterGoesUpOrIsNotThere) {
  EXPECT_TRUE(is_sign_count_valid(0, 0));
  EXPECT_TRUE(is_sign_count_valid(0, 1));
  EXPECT_TRUE(is_sign_count_valid(7, 8));
  EXPECT_FALSE(is_sign_count_valid(7, 7));
  EXPECT_FALSE(is_sign_count_valid(7, 6));
  EXPECT_FALSE(is_sign_count_valid(7, 0));
}

struct Cbor {
  std::string name;
  std::string bytes;
};

bool is_read_whole(const std::string& bytes) {
  detail::CborReader reader(bytes);
  const auto item = reader.next();
  return item && reader.skip(*item) && reader.at_end();
}

TEST(Cbor, RefusesWhatIsNotStrict) {
  for (const Cbor& cbor : std::vector<Cbor>{
           {"nothing", ""},
           {"an integer that is longer than it need be", "\x18\x17"s},
           {"one in eight bytes", "\x1b\x00\x00\x00\x00\x00\x00\x00\x01"s},
           {"an integer past 64 bits", "\x1b\x80\x00\x00\x00\x00\x00\x00\x00"s},
           {"a negative one past 64 bits", "\x3b\x80\x00\x00\x00\x00\x00\x00\x00"s},
           {"an indefinite byte string", "\x5f\x41\x61\xff"s},
           {"an indefinite text", "\x7f\x61\x61\xff"s},
           {"an indefinite list", "\x9f\x01\xff"s},
           {"an indefinite map", "\xbf\x01\x02\xff"s},
           {"a break", "\xff"s},
           {"a tag", "\xc0\x61\x61"s},
           {"a reserved length", "\x1c"s},
           {"a text that is not UTF-8", "\x61\xff"s},
           {"a string that is cut", "\x42\x61"s},
           {"a string of 2^63 bytes",
            "\x5b\x80\x00\x00\x00\x00\x00\x00\x00"
            "a"s},
           {"a list of 2^64 - 1 items", "\x9b\xff\xff\xff\xff\xff\xff\xff\xff\x01"s},
           {"a map of 2^63 pairs", "\xbb\x80\x00\x00\x00\x00\x00\x00\x00\x01\x01"s},
           {"a list that is cut", "\x82\x01"s},
           {"a map without a value", "\xa1\x01"s},
           {"a string length that is longer than it need be", "\x58\x01\x61"s},
           {"nine lists in each other", std::string(9, '\x81') + '\x01'},
       })
    EXPECT_FALSE(is_read_whole(cbor.bytes)) << cbor.name;
}

TEST(Cbor, ReadsItemsOfEveryKind) {
  for (const std::string& bytes :
       {"\x00"s, "\x18\x18"s, "\x1b\x7f\xff\xff\xff\xff\xff\xff\xff"s, "\x20"s, "\x38\xff"s, "\x40"s, "\x61\x61"s,
        "\x80"s, "\x82\x01\x02"s, "\xa1\x01\x02"s, "\xf4"s, "\xf5"s, "\xf6"s, "\xf7"s, "\xf9\x3c\x00"s,
        "\xfa\x00\x00\x00\x00"s, "\xfb\x00\x00\x00\x00\x00\x00\x00\x00"s, std::string(8, '\x81') + '\x01'})
    EXPECT_TRUE(is_read_whole(bytes)) << to_hex(std::as_bytes(std::span(bytes)));
}

std::string key_outcome(const std::string& cose) { return outcome(detail::read_cose_key(cose)); }

TEST(CoseKey, RefusesMembersThatAreMissingTwiceOrTooMany) {
  const std::string good = TestAuthenticator().public_key();
  const std::string x = good.substr(10, 32), y = good.substr(45, 32);
  const auto key = [](int count, const std::string& members) {
    return std::string(1, static_cast<char>(0xa0 + count)) + members;
  };
  const std::string ec = "\x01\x02", es256 = "\x03\x26", p256 = "\x20\x01";
  const std::string with_x = "\x21\x58\x20" + x, with_y = "\x22\x58\x20" + y;
  EXPECT_EQ(key_outcome(key(5, ec + es256 + p256 + with_x + with_y)), "ok");
  const std::string invalid = "malformed: The public key is not valid.";
  const std::string unexpected = "malformed: The public key has a member that is not known or not expected.";
  EXPECT_EQ(key_outcome(key(4, ec + es256 + p256 + with_x)), invalid);
  EXPECT_EQ(key_outcome(key(4, ec + es256 + with_x + with_y)), invalid);
  EXPECT_EQ(key_outcome(key(5, ec + es256 + "\x20\x02"s + with_x + with_y)), invalid) << "P-384";
  EXPECT_EQ(key_outcome(key(5, ec + es256 + p256 + with_x + "\x22\xf5"s)), unexpected) << "a compressed point";
  EXPECT_EQ(key_outcome(key(5, ec + es256 + p256 + with_x + "\x22\x58\x20"s + std::string(32, '\1'))), invalid)
      << "not on the curve";
  EXPECT_EQ(key_outcome(key(6, ec + ec + es256 + p256 + with_x + with_y)), unexpected);
  EXPECT_EQ(key_outcome(key(6, ec + "\x02\x41\x61"s + es256 + p256 + with_x + with_y)), unexpected) << "a kid";
  EXPECT_EQ(key_outcome(key(4, es256 + p256 + with_x + with_y)),
            "malformed: The public key has no type or no algorithm.");
  EXPECT_EQ(key_outcome(key(1, "\x61\x61\x01"s)), "malformed: The public key has a member without a label.");
  EXPECT_EQ(key_outcome("\x80"s), "malformed: The public key is not a CBOR map.");
  EXPECT_EQ(key_outcome(""), "malformed: The public key is not a CBOR map.");
}

TEST(CoseKey, RefusesRsaKeysThatAreShort) {
  const std::string rsa =
      "\xa4\x01\x03\x03\x39\x01\x00\x20\x58\x80"s + std::string(128, '\xff') + "\x21\x43\x01\x00\x01"s;
  EXPECT_EQ(key_outcome(rsa), "malformed: The public key is not valid.") << "1,024 bits";
}

}  // namespace
}  // namespace ashlar::auth
