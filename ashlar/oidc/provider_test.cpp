// SPDX-License-Identifier: Apache-2.0
#include "ashlar/oidc/provider.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/random.hpp"
#include "tests/support/hostile_issuer.hpp"
#include "tests/support/test_loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ashlar::oidc {
namespace {

using namespace std::chrono_literals;
using auth::Key;
using auth::SignatureAlgorithm;
using test::HostileIssuer;
using test::IssuerAnswers;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Reauthentication = BeginOptions::Reauthentication;
using Change = std::function<void(IssuerAnswers&)>;

class ProviderTest : public testing::Test, protected tests::TestLoop {
 protected:
  ~ProviderTest() override { client_.close(); }

  ProviderOptions options() {
    ProviderOptions out;
    out.name = "test";
    out.issuer = issuer_.url();
    out.client_id = HostileIssuer::client_id;
    out.client_secret = HostileIssuer::client_secret;
    out.redirect_uri = HostileIssuer::redirect_uri;
    return out;
  }
  Provider& provider() {
    if (!provider_) provider_ = std::make_unique<Provider>(options(), client_, clock_, random_);
    return *provider_;
  }
  static Callback callback_of(const std::string& query) {
    Callback out;
    std::size_t at = 0;
    while (at < query.size()) {
      const std::size_t end = std::min(query.find('&', at), query.size());
      const std::string pair = query.substr(at, end - at);
      const std::string name = pair.substr(0, pair.find('='));
      std::string value = pair.substr(pair.find('=') + 1);
      if (name == "code") out.code = value;
      if (name == "state") out.state = value;
      if (name == "error") out.error = value;
      if (name == "iss") out.issuer = value;
      at = end + 1;
    }
    return out;
  }

  // A whole sign-in: the subject, or the error's code and cause.
  std::string sign_in(BeginOptions options = {}) {
    auto begun = await(provider().begin(options));
    if (!begun) return text_of(begun.error());
    const Callback callback = callback_of(issuer_.authorize(begun->url));
    if (const auto same = check_state(callback, begun->challenge); !same) return text_of(same.error());
    const auto claims = await(provider().finish(callback, begun->challenge, options));
    return claims ? claims->subject : text_of(claims.error());
  }
  static std::string text_of(const Error& error) { return std::string(error.code().name) + ": " + error.cause(); }

  ManualClock clock_{Timestamp::parse("2026-05-04T08:30:00Z").value()};
  SystemRandom random_;
  HostileIssuer issuer_{clock_};
  http::Client client_{http::ClientOptions{}};
  std::unique_ptr<Provider> provider_;
};

std::string half_hash(std::string_view text, const EVP_MD* digest) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), out.data(), &size, digest, nullptr);
  return '"' + to_base64url(std::as_bytes(std::span(out).first(size / 2))) + '"';
}

TEST_F(ProviderTest, SignsIn) {
  EXPECT_EQ(sign_in(), "subject-1");
  EXPECT_THAT(issuer_.last_request("/token"),
              AllOf(HasSubstr("Authorization: Basic b3VyLWNsaWVudDpvdXIlMjBzZWNyZXQlMjAlMjYlMjBtb3Jl\r\n"),
                    HasSubstr("grant_type=authorization_code&code=code-1&redirect_uri=http%3A%2F%2Flocalhost"),
                    Not(HasSubstr("client_secret"))));
}

TEST_F(ProviderTest, ProvesThatItBeganTheSignIn) {
  const auto begun = await(provider().begin());
  ASSERT_TRUE(begun) << begun.error().cause();
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  const std::string& verifier = begun->challenge.verifier;
  EVP_Digest(verifier.data(), verifier.size(), digest.data(), &size, EVP_sha256(), nullptr);
  EXPECT_THAT(begun->url, AllOf(HasSubstr("code_challenge_method=S256"),
                                HasSubstr("code_challenge=" + to_base64url(std::as_bytes(std::span(digest)))),
                                HasSubstr("scope=openid%20email%20profile"), Not(HasSubstr(verifier))));
  const Callback callback = callback_of(issuer_.authorize(begun->url));
  ASSERT_TRUE(await(provider().finish(callback, begun->challenge)));
  EXPECT_THAT(issuer_.last_request("/token"), HasSubstr("code_verifier=" + verifier));
}

TEST_F(ProviderTest, SendsTheSecretInTheBodyWhereTheIssuerTakesItThereOnly) {
  issuer_.change(
      [](IssuerAnswers& a) { a.metadata["token_endpoint_auth_methods_supported"] = R"(["client_secret_post"])"; });
  EXPECT_EQ(sign_in(), "subject-1");
  EXPECT_THAT(issuer_.last_request("/token"),
              AllOf(HasSubstr("client_secret=our%20secret%20%26%20more"), Not(HasSubstr("Authorization:"))));
}

TEST_F(ProviderTest, EverySignInHasSecretsOfItsOwn) {
  const auto one = await(provider().begin());
  const auto other = await(provider().begin());
  ASSERT_TRUE(one && other);
  EXPECT_NE(one->challenge.state, other->challenge.state);
  EXPECT_NE(one->challenge.nonce, other->challenge.nonce);
  EXPECT_NE(one->challenge.verifier, other->challenge.verifier);
  EXPECT_GE(one->challenge.state.size(), 43U);
}

TEST_F(ProviderTest, RefusesTheStateOfAnotherSignIn) {
  const auto one = await(provider().begin());
  const auto other = await(provider().begin());
  ASSERT_TRUE(one && other);
  for (const std::string& state : {std::string(), other->challenge.state, one->challenge.state + "x"}) {
    const auto same = check_state({.state = state, .code = "c", .error = {}, .issuer = {}}, one->challenge);
    ASSERT_FALSE(same);
    EXPECT_EQ(same.error().code(), errors::state_invalid);
  }
  EXPECT_FALSE(check_state({}, {}));
}

struct Case {
  const char* what;
  Change change;
  std::string outcome;
};

constexpr std::int64_t now = 1'777'883'400;  // of the clock
constexpr std::int64_t week = 7 * 24 * 3600;

Change claim(std::string name, std::string json) {
  return [name, json](IssuerAnswers& a) { a.claims[name] = json; };
}
std::string wrong(const std::string& claim) {
  return "auth.oauth_refused: the ID token's " + claim + " is wrong or missing";
}

TEST_F(ProviderTest, ChecksEveryClaim) {
  const std::vector<Case> cases = {
      {"iss of another", claim("iss", R"("https://attacker.example")"), wrong("iss")},
      {"iss with a slash more", claim("iss", '"' + issuer_.url() + "/\""), wrong("iss")},
      {"no iss", claim("iss", ""), wrong("iss")},
      {"aud of another", claim("aud", R"("another")"), wrong("aud")},
      {"no aud", claim("aud", ""), wrong("aud")},
      {"aud without a client", claim("aud", "[]"), wrong("aud")},
      {"aud is an array of ours", claim("aud", R"(["our-client"])"), "subject-1"},
      {"aud is an array of others", claim("aud", R"(["a","b"])"), wrong("aud")},
      {"a secondary aud without azp", claim("aud", R"(["our-client","b"])"), wrong("azp")},
      {"a secondary aud with azp",
       [](IssuerAnswers& a) {
         a.claims["aud"] = R"(["our-client","b"])";
         a.claims["azp"] = R"("our-client")";
       },
       "subject-1"},
      {"azp of another", claim("azp", R"("b")"), wrong("azp")},
      {"no sub", claim("sub", ""), wrong("sub")},
      {"an empty sub", claim("sub", R"("")"), wrong("sub")},
      {"a long sub", claim("sub", '"' + std::string(256, 's') + '"'), wrong("sub")},
      {"a sub that is a number", claim("sub", "1"), "auth.oauth_refused: the ID token's claims are malformed"},
      {"no exp", claim("exp", ""), wrong("exp")},
      {"expired", claim("exp", std::to_string(now - 31)), wrong("exp")},
      {"expired within the skew", claim("exp", std::to_string(now - 29)), "subject-1"},
      {"exp that is a text", claim("exp", R"("soon")"), "auth.oauth_refused: the ID token's claims are malformed"},
      {"no iat", claim("iat", ""), wrong("iat")},
      {"iat a week old", claim("iat", std::to_string(now - week)), wrong("iat")},
      {"iat six minutes old", claim("iat", std::to_string(now - 360)), wrong("iat")},
      {"iat in the future", claim("iat", std::to_string(now + 31)), wrong("iat")},
      {"nonce of another", claim("nonce", R"("another")"), wrong("nonce")},
      {"no nonce", claim("nonce", ""), wrong("nonce")},
      {"wrong at_hash", claim("at_hash", R"("AAAAAAAAAAAAAAAAAAAAAA")"), wrong("at_hash")},
      {"empty at_hash", claim("at_hash", R"("")"), "auth.oauth_refused: the ID token's claims are malformed"},
      {"right at_hash", claim("at_hash", half_hash("the-access-token", EVP_sha256())), "subject-1"},
      {"no at_hash, as the code flow allows", claim("at_hash", ""), "subject-1"}};
  for (const Case& each : cases) {
    SCOPED_TRACE(each.what);
    issuer_.change([&](IssuerAnswers& a) {
      a.claims.clear();
      each.change(a);
    });
    EXPECT_EQ(sign_in(), each.outcome);
  }
}

TEST_F(ProviderTest, RefusesClaimsThatAreThereTwice) {
  const auto begun = await(provider().begin());
  ASSERT_TRUE(begun);
  const Callback callback = callback_of(issuer_.authorize(begun->url));
  issuer_.change([&](IssuerAnswers& a) {
    const std::string payload = R"({"iss":"https://attacker.example","iss":")" + issuer_.url() +
                                R"(","sub":"s","aud":"our-client","exp":9999999999,"iat":)" + std::to_string(now) +
                                R"(,"nonce":")" + begun->challenge.nonce + R"("})";
    a.id_token = HostileIssuer::sign(a.published.front(), payload);
  });
  const auto claims = await(provider().finish(callback, begun->challenge));
  ASSERT_FALSE(claims);
  EXPECT_EQ(text_of(claims.error()), "auth.oauth_refused: the ID token's claims are malformed");
}

constexpr const char* unsigned_text = "auth.oauth_refused: the ID token's signature is not of a key of the provider";

TEST_F(ProviderTest, TakesEveryAlgorithmOfItsKeys) {
  for (const auto algorithm : {SignatureAlgorithm::rs256, SignatureAlgorithm::es256, SignatureAlgorithm::eddsa}) {
    SCOPED_TRACE(name_of(algorithm));
    const EVP_MD* digest = algorithm == SignatureAlgorithm::eddsa ? EVP_sha512() : EVP_sha256();
    issuer_.change([&](IssuerAnswers& a) {
      a.published = {issuer_.new_key(algorithm)};
      a.claims["at_hash"] = half_hash("the-access-token", digest);
    });
    clock_.advance(11s);
    EXPECT_EQ(sign_in(), "subject-1");
  }
}

TEST_F(ProviderTest, RefusesOtherSignatures) {
  const Key rsa = issuer_.new_key(SignatureAlgorithm::rs256);
  const Key ec = issuer_.new_key(SignatureAlgorithm::es256);
  issuer_.change([&](IssuerAnswers& a) { a.published = {rsa, ec}; });
  const auto forged = [&](SignatureAlgorithm algorithm, const Key& named) -> Change {
    const Key other = issuer_.new_key(algorithm);
    const std::string alg(name_of(algorithm));
    return [other, alg, id = named.id()](IssuerAnswers& a) {
      a.signs_with = other;
      a.header = R"({"alg":")" + alg + R"(","kid":")" + id + "\"}";
    };
  };
  const auto header = [](std::string json) -> Change { return [json](IssuerAnswers& a) { a.header = json; }; };
  const Key secret = Key::from_secret(std::string(HostileIssuer::client_secret) + std::string(32, ' '));
  const Key public_as_secret = Key::from_secret(rsa.public_jwk().value());
  const auto none = [](std::string alg, std::string signature) -> Change {
    return [alg, signature](IssuerAnswers& a) {
      const std::string header_json = R"({"alg":)" + alg + "}";
      const std::string payload = R"({"sub":"subject-1"})";
      a.id_token = to_base64url(std::as_bytes(std::span(header_json))) + '.' +
                   to_base64url(std::as_bytes(std::span(payload))) + '.' + signature;
    };
  };
  const std::vector<Case> cases = {
      {"RS256 of another key", forged(SignatureAlgorithm::rs256, rsa), unsigned_text},
      {"ES256 of another key", forged(SignatureAlgorithm::es256, ec), unsigned_text},
      {"HS256 with the client secret",
       [&](IssuerAnswers& a) {
         a.signs_with = secret;
         a.header = R"({"alg":"HS256"})";
       },
       unsigned_text},
      {"HS256 with the public key",
       [&](IssuerAnswers& a) {
         a.signs_with = public_as_secret;
         a.header = R"({"alg":"HS256","kid":")" + rsa.id() + "\"}";
       },
       unsigned_text},
      {"alg none", none(R"("none")", ""), unsigned_text},
      {"alg none with a signature", none(R"("none")", "AAAA"), unsigned_text},
      {"alg null", none("null", "AAAA"), unsigned_text},
      {"another alg", header(R"({"alg":"RS512","kid":")" + rsa.id() + "\"}"), unsigned_text},
      {"the alg of another key", header(R"({"alg":"ES256","kid":")" + rsa.id() + "\"}"), unsigned_text},
      {"no kid, with several keys", header(R"({"alg":"RS256"})"), unsigned_text},
      {"a kid that is not known", header(R"({"alg":"RS256","kid":"other"})"), unsigned_text},
      {"no JWS", [](IssuerAnswers& a) { a.id_token = "a.b"; }, unsigned_text},
      {"an empty one", [](IssuerAnswers& a) { a.id_token = ""; }, unsigned_text},
      {"right", [](IssuerAnswers&) {}, "subject-1"}};
  for (const Case& each : cases) {
    SCOPED_TRACE(each.what);
    issuer_.change([&](IssuerAnswers& a) {
      a.signs_with.reset();
      a.header.clear();
      a.id_token.reset();
      each.change(a);
    });
    EXPECT_EQ(sign_in(), each.outcome);
  }
}

TEST_F(ProviderTest, TakesATokenWithoutKidWhereThereIsOneKey) {
  issuer_.change([](IssuerAnswers& a) { a.header = R"({"alg":"ES256"})"; });
  EXPECT_EQ(sign_in(), "subject-1");
}

TEST_F(ProviderTest, FollowsARotationThatWasAnnounced) {
  EXPECT_EQ(sign_in(), "subject-1");
  const Key next = issuer_.new_key();
  issuer_.change([&](IssuerAnswers& a) { a.published.push_back(next); });
  clock_.advance(2h);  // over keys_age_max
  EXPECT_EQ(sign_in(), "subject-1");
  const int fetched = issuer_.requests("/jwks");
  issuer_.change([&](IssuerAnswers& a) { a.signs_with = next; });
  EXPECT_EQ(sign_in(), "subject-1");
  EXPECT_EQ(issuer_.requests("/jwks"), fetched);
}

TEST_F(ProviderTest, FollowsARotationJustBeforeSigning) {
  EXPECT_EQ(sign_in(), "subject-1");
  issuer_.change([&](IssuerAnswers& a) { a.published = {issuer_.new_key()}; });
  EXPECT_EQ(sign_in(), unsigned_text) << "the keys were fetched a moment ago";
  clock_.advance(11s);
  EXPECT_EQ(sign_in(), "subject-1");
  EXPECT_EQ(issuer_.requests("/jwks"), 2);
}

TEST_F(ProviderTest, FetchesKeysForUnknownKidsOnceInAnInterval) {
  issuer_.change([](IssuerAnswers& a) { a.header = R"({"alg":"ES256","kid":"unknown"})"; });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(sign_in(), unsigned_text);
  EXPECT_EQ(issuer_.requests("/jwks"), 1);
  clock_.advance(11s);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(sign_in(), unsigned_text);
  EXPECT_EQ(issuer_.requests("/jwks"), 2);
}

TEST_F(ProviderTest, ARemovedKeyEndsWithTheCachedKeys) {
  EXPECT_EQ(sign_in(), "subject-1");
  issuer_.change([&](IssuerAnswers& a) {
    a.signs_with = a.published.front();
    a.published = {issuer_.new_key()};
  });
  EXPECT_EQ(sign_in(), "subject-1");
  clock_.advance(2h);
  EXPECT_EQ(sign_in(), unsigned_text);
}

TEST_F(ProviderTest, FetchesItsDocumentsOnceForManySignIns) {
  std::vector<std::string> outcomes(8);
  for (std::string& out : outcomes) {
    start([](Provider& provider, std::string& text) -> Task<> {
      const auto begun = co_await provider.begin();
      text = begun ? "begun" : text_of(begun.error());
    }(provider(), out));
  }
  run();
  EXPECT_THAT(outcomes, testing::Each("begun"));
  EXPECT_EQ(issuer_.requests("/.well-known/openid-configuration"), 1);
}

TEST_F(ProviderTest, RefusesADiscoveryDocumentThatIsNotOfTheIssuer) {
  const std::string start = "auth.oauth_unavailable: the discovery document ";
  const auto says = [](std::string name, std::string json) -> Change {
    return [name, json](IssuerAnswers& a) { a.metadata[name] = json; };
  };
  const std::vector<Case> cases = {
      {"another issuer", says("issuer", R"("https://attacker.example")"), start + "names another issuer"},
      {"a slash more", says("issuer", '"' + issuer_.url() + "/\""), start + "names another issuer"},
      {"no issuer", says("issuer", ""), start + "is malformed"},
      {"no token endpoint", says("token_endpoint", ""), start + "is malformed"},
      {"a token endpoint that is no URL", says("token_endpoint", R"("/token")"), start + "has an unusable endpoint"},
      {"keys that are no URL", says("jwks_uri", R"("file:///etc/passwd")"), start + "has an unusable endpoint"},
      {"no known authentication", says("token_endpoint_auth_methods_supported", R"(["private_key_jwt"])"),
       "auth.oauth_unavailable: the token endpoint takes neither client_secret_basic nor client_secret_post"},
      {"no JSON",
       [](IssuerAnswers& a) { a.responses["/.well-known/openid-configuration"] = test::response_with("<html>"); },
       start + "is malformed"}};
  for (const Case& each : cases) {
    SCOPED_TRACE(each.what);
    issuer_.change([&](IssuerAnswers& a) {
      a.metadata.clear();
      a.responses.clear();
      each.change(a);
    });
    EXPECT_EQ(sign_in(), each.outcome);
  }
}

TEST_F(ProviderTest, FollowsNoRedirect) {
  const std::string elsewhere =
      "HTTP/1.1 302 Found\r\nLocation: " + issuer_.url() + "/jwks\r\nContent-Length: 0\r\n\r\n";
  issuer_.change([&](IssuerAnswers& a) { a.responses["/.well-known/openid-configuration"] = elsewhere; });
  EXPECT_THAT(sign_in(), HasSubstr("answered with status 302"));
  EXPECT_EQ(issuer_.requests("/jwks"), 0);
}

TEST_F(ProviderTest, ChecksTheIssuerOfTheCallback) {
  const auto iss = [](std::string value) -> Change { return [value](IssuerAnswers& a) { a.callback["iss"] = value; }; };
  issuer_.change(iss("https://attacker.example"));
  EXPECT_EQ(sign_in(), "auth.oauth_refused: the callback's iss is another issuer");
  issuer_.change(iss(""));
  EXPECT_EQ(sign_in(), "auth.oauth_refused: the callback has no iss");
  EXPECT_EQ(issuer_.requests("/token"), 0) << "the code went to an issuer that did not make it";
  issuer_.change([](IssuerAnswers& a) { a.metadata["authorization_response_iss_parameter_supported"] = "false"; });
  clock_.advance(2h);  // over metadata_age_max
  EXPECT_EQ(sign_in(), "subject-1");
  issuer_.change(iss("https://attacker.example"));
  EXPECT_EQ(sign_in(), "auth.oauth_refused: the callback's iss is another issuer");
}

TEST_F(ProviderTest, PassesOnThatTheUserOrTheProviderDeclined) {
  issuer_.change([](IssuerAnswers& a) {
    a.callback["code"] = "";
    a.callback["error"] = "access_denied";
  });
  EXPECT_EQ(sign_in(), "auth.oauth_denied: the callback's error is access_denied");
  issuer_.change([](IssuerAnswers& a) { a.callback["error"] = std::string(500, 'x'); });
  EXPECT_EQ(sign_in(), "auth.oauth_denied: the callback's error is " + std::string(64, 'x'));
  issuer_.change([](IssuerAnswers& a) { a.callback["error"] = ""; });
  EXPECT_EQ(sign_in(), "auth.oauth_refused: the callback has neither a code nor an error");
  EXPECT_EQ(issuer_.requests("/token"), 0);
}

TEST_F(ProviderTest, SurvivesABadTokenEndpoint) {
  const auto answers = [](std::string response) -> Change {
    return [response](IssuerAnswers& a) { a.responses["/token"] = response; };
  };
  const auto error = [](const char* status, const std::string& body) {
    return std::string("HTTP/1.1 ") + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  };
  const std::string unavailable = "auth.oauth_unavailable: the token ";
  const std::vector<Case> cases = {
      {"not JSON", answers(test::response_with("<html>")), unavailable + "response is malformed"},
      {"no ID token", answers(test::response_with(R"({"access_token":"a","token_type":"Bearer"})")),
       unavailable + "response is malformed"},
      {"another token_type", answers(test::response_with(R"({"id_token":"a","token_type":"mac"})")),
       "auth.oauth_refused: the token response has another token_type"},
      {"huge", answers(test::response_with(std::string(65'537, ' '))),
       unavailable + "endpoint: http_client.response_too_large"},
      {"a code that is used", answers(error("400 Bad Request", R"({"error":"invalid_grant"})")),
       "auth.oauth_refused: the token endpoint answered with status 400 and error invalid_grant"},
      {"a wrong client", answers(error("401 Unauthorized", R"({"error":"invalid_client","x":1})")),
       unavailable + "endpoint answered with status 401 and error invalid_client"},
      {"broken", answers(error("500 Internal Server Error", "oops")),
       unavailable + "endpoint answered with status 500 and error none"},
      {"gone", answers("HTTP/1.1 200 OK\r\n"), unavailable + "endpoint: http_client."}};
  for (const Case& each : cases) {
    SCOPED_TRACE(each.what);
    if (std::string(each.what) == "gone") continue;
    issuer_.change(each.change);
    EXPECT_THAT(sign_in(), testing::StartsWith(each.outcome));
  }
}

TEST_F(ProviderTest, GivesASlowIssuerUp) {
  ProviderOptions quick = options();
  quick.request_time_max = 50ms;
  provider_ = std::make_unique<Provider>(quick, client_, clock_, random_);
  for (const char* path : {"/.well-known/openid-configuration", "/token"}) {
    SCOPED_TRACE(path);
    issuer_.change([&](IssuerAnswers& a) { a.silent_path = path; });
    EXPECT_THAT(sign_in(), AllOf(testing::StartsWith("auth.oauth_unavailable"), HasSubstr("http_client.timed_out")));
    issuer_.change([&](IssuerAnswers& a) { a.silent_path.clear(); });
    EXPECT_EQ(sign_in(), "subject-1");
  }
}

TEST_F(ProviderTest, AsksUserInfoWhereTheTokenHasNoAddress) {
  issuer_.change([](IssuerAnswers& a) {
    a.claims["email"] = "";
    a.claims["email_verified"] = "";
    a.userinfo = {{"sub", R"("subject-1")"}, {"email", R"("ada@example.org")"}, {"email_verified", R"("true")"}};
  });
  const auto begun = await(provider().begin());
  ASSERT_TRUE(begun);
  const auto claims = await(provider().finish(callback_of(issuer_.authorize(begun->url)), begun->challenge));
  ASSERT_TRUE(claims) << claims.error().cause();
  EXPECT_EQ(claims->email, "ada@example.org");
  EXPECT_EQ(claims->email_verified, Claims::EmailVerified::yes);
  EXPECT_THAT(issuer_.last_request("/userinfo"), HasSubstr("Authorization: Bearer the-access-token\r\n"));

  issuer_.change([](IssuerAnswers& a) { a.userinfo["sub"] = R"("subject-2")"; });
  EXPECT_EQ(sign_in(), "auth.oauth_refused: the UserInfo response is of another subject");
}

TEST_F(ProviderTest, AnAddressIsVerifiedOnlyWhereItIsSaid) {
  for (const auto& [json, expected] :
       std::vector<std::pair<std::string, Claims::EmailVerified>>{{"true", Claims::EmailVerified::yes},
                                                                  {R"("true")", Claims::EmailVerified::yes},
                                                                  {"false", Claims::EmailVerified::no},
                                                                  {R"("false")", Claims::EmailVerified::no},
                                                                  {"null", Claims::EmailVerified::no},
                                                                  {"", Claims::EmailVerified::no}}) {
    SCOPED_TRACE(json);
    issuer_.change([&json](IssuerAnswers& a) { a.claims["email_verified"] = json; });
    const auto begun = await(provider().begin());
    ASSERT_TRUE(begun);
    const auto claims = await(provider().finish(callback_of(issuer_.authorize(begun->url)), begun->challenge));
    ASSERT_TRUE(claims) << claims.error().cause();
    EXPECT_EQ(claims->email_verified, expected);
  }
}

TEST_F(ProviderTest, AFreshSignInNeedsARecentAuthTime) {
  const BeginOptions fresh{.reauthentication = Reauthentication::required};
  const std::string stale = "auth.oauth_refused: the ID token's auth_time is missing or not recent";
  EXPECT_EQ(sign_in(fresh), stale);
  issuer_.change(claim("auth_time", std::to_string(now - 3600)));
  EXPECT_EQ(sign_in(fresh), stale);
  EXPECT_EQ(sign_in(), "subject-1");
  issuer_.change(claim("auth_time", std::to_string(now - 5)));
  EXPECT_EQ(sign_in(fresh), "subject-1");
  const auto begun = await(provider().begin(fresh));
  ASSERT_TRUE(begun);
  EXPECT_THAT(begun->url, HasSubstr("&prompt=login&max_age=0"));
}

}  // namespace
}  // namespace ashlar::oidc
