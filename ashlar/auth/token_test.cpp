// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/token.hpp"

#include "ashlar/auth/revocations.hpp"
#include "ashlar/core/encoding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::auth {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string access_secret = "an access secret of more than 32 bytes";
const std::string refresh_secret = "a refresh secret of more than 32 bytes";
const Uuid alice = Uuid::parse("0193508e-0000-7000-8000-00000000000a").value();
const Uuid session = Uuid::parse("0193508e-0000-7000-8000-0000000000ff").value();
constexpr std::int64_t now_seconds = 1'763'713'800;  // 2025-11-21T08:30:00Z

std::string encoded(std::string_view text) { return to_base64url(std::as_bytes(std::span(text))); }

// RFC 7515 section 5.1 by hand, with nothing of the library under test.
std::string hmac(const EVP_MD* digest, std::string_view secret, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  HMAC(digest, secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), out.data(), &size);
  return to_base64url(std::as_bytes(std::span(out).first(size)));
}

std::string by_hand(std::string_view header, std::string_view payload, std::string_view secret = access_secret,
                    const EVP_MD* digest = EVP_sha256()) {
  const std::string text = encoded(header) + "." + encoded(payload);
  return text + "." + hmac(digest, secret, text);
}

constexpr std::string_view good_header = R"({"alg":"HS256","typ":"at+jwt"})";

using Members = std::map<std::string, std::string>;  // raw JSON; empty: left out

std::string payload(const Members& changes = {}) {
  Members members{{"iss", R"("ashlar")"},
                  {"aud", R"("ashlar-api")"},
                  {"sub", R"("0193508e-0000-7000-8000-00000000000a")"},
                  {"sid", R"("0193508e-0000-7000-8000-0000000000ff")"},
                  {"jti", R"("made-by-hand")"},
                  {"iat", std::to_string(now_seconds)},
                  {"nbf", std::to_string(now_seconds)},
                  {"exp", std::to_string(now_seconds + 900)},
                  {"email", R"("alice@example.org")"},
                  {"role", R"("user")"},
                  {"permissions", R"(["create:product"])"}};
  for (const auto& [name, value] : changes) members[name] = value;
  std::string out = "{";
  for (const auto& [name, value] : members) {
    if (!value.empty()) out += (out.size() > 1 ? ",\"" : "\"") + name + "\":" + value;
  }
  return out + "}";
}

class TokenTest : public ::testing::Test {
 protected:
  static TokenOptions options() {
    TokenOptions out;
    out.access_secret = access_secret;
    out.refresh_secret = refresh_secret;
    return out;
  }
  static Principal principal() {
    Principal out;
    out.id = alice;
    out.session = session;
    out.email = "alice@example.org";
    out.role = "user";
    out.permissions = {"create:product", "update:product"};
    return out;
  }

  std::string access(std::string_view token) { return said(tokens_.verify_access(token)); }
  std::string refresh(std::string_view token) { return said(tokens_.verify_refresh(token)); }
  template <class T>
  static std::string said(const Result<T>& result) {
    if (result) return "valid";
    // An attacker learns nothing but the code.
    EXPECT_EQ(result.error().message(), result.error().code() == errors::token_invalid ? "The token is not valid."
                                        : result.error().code() == errors::token_expired
                                            ? "The token has expired."
                                            : "The token has been revoked.");
    EXPECT_EQ(result.error().kind(), ErrorKind::unauthenticated);
    return std::string(result.error().code().name);
  }

  ManualClock clock_{Timestamp::from_milliseconds(now_seconds * 1000 + 500)};
  SeededRandom random_{1};
  MemoryRevocations revocations_{clock_};
  Tokens tokens_{options(), clock_, random_, revocations_};
};

TEST_F(TokenTest, RefusesWeakSecrets) {
  const std::function<void(TokenOptions&)> faults[] = {
      [](TokenOptions& o) { o.access_secret = ""; },
      [](TokenOptions& o) { o.access_secret = std::string(31, 'x'); },
      [](TokenOptions& o) { o.refresh_secret = std::string(31, 'x'); },
      [](TokenOptions& o) { o.refresh_secret = o.access_secret; },
  };
  for (const auto& fault : faults) {
    TokenOptions wrong = options();
    fault(wrong);
    EXPECT_THROW(Tokens(wrong, clock_, random_, revocations_), std::invalid_argument);
  }
}

TEST_F(TokenTest, RefusesOtherAlgorithmsAndHeaders) {
  struct Case {
    std::string_view name, header;
    const EVP_MD* digest = EVP_sha256();
  };
  for (const Case& c : {
           Case{"none", R"({"alg":"none","typ":"at+jwt"})"},
           Case{"None", R"({"alg":"None","typ":"at+jwt"})"},
           Case{"HS384 rightly signed", R"({"alg":"HS384","typ":"at+jwt"})", EVP_sha384()},
           Case{"HS512 rightly signed", R"({"alg":"HS512","typ":"at+jwt"})", EVP_sha512()},
           Case{"RS256", R"({"alg":"RS256","typ":"at+jwt"})"},
           Case{"ES256", R"({"alg":"ES256","typ":"at+jwt"})"},
           Case{"lower case", R"({"alg":"hs256","typ":"at+jwt"})"},
           Case{"no algorithm", R"({"typ":"at+jwt"})"},
           Case{"no type", R"({"alg":"HS256"})"},
           Case{"the type of most JWTs", R"({"alg":"HS256","typ":"JWT"})"},
           Case{"the refresh type", R"({"alg":"HS256","typ":"rt+jwt"})"},
           Case{"a longer type", R"({"alg":"HS256","typ":"at+jwt2"})"},
           Case{"a number for an algorithm", R"({"alg":256,"typ":"at+jwt"})"},
           Case{"crit", R"({"alg":"HS256","typ":"at+jwt","crit":["exp"]})"},
           Case{"crit that is malformed", R"({"alg":"HS256","typ":"at+jwt","crit":"exp"})"},
           Case{"crit of null", R"({"alg":"HS256","typ":"at+jwt","crit":null})"},
           Case{"crit of nothing", R"({"alg":"HS256","typ":"at+jwt","crit":[]})"},
           Case{"a key id", R"({"alg":"HS256","typ":"at+jwt","kid":"x"})"},
           Case{"an algorithm twice", R"({"alg":"HS256","alg":"HS256","typ":"at+jwt"})"},
           Case{"b64 with crit", R"({"alg":"HS256","typ":"at+jwt","crit":["b64"],"b64":false})"},
           Case{"an array", R"(["HS256","at+jwt"])"},
           Case{"not JSON", R"({"alg":"HS256","typ":"at+jwt")"},
           Case{"HS256 signed as HS384", good_header, EVP_sha384()},
       }) {
    EXPECT_EQ(access(by_hand(c.header, payload(), access_secret, c.digest)), "auth.token_invalid") << c.name;
  }
  EXPECT_EQ(access(encoded(R"({"alg":"none","typ":"at+jwt"})") + "." + encoded(payload()) + "."), "auth.token_invalid");
}

TEST_F(TokenTest, RefusesTheOtherKindsTokensAndSecrets) {
  const std::string a = tokens_.issue_access(principal()).token;
  const std::string r = tokens_.issue_refresh(alice, session).token;
  EXPECT_EQ(access(r), "auth.token_invalid");
  EXPECT_EQ(refresh(a), "auth.token_invalid");
  EXPECT_EQ(access(by_hand(good_header, payload(), refresh_secret)), "auth.token_invalid");
  EXPECT_EQ(refresh(by_hand(R"({"alg":"HS256","typ":"rt+jwt"})", payload(), access_secret)), "auth.token_invalid");
  EXPECT_EQ(refresh(by_hand(good_header, payload(), refresh_secret)), "auth.token_invalid");
  EXPECT_EQ(access(by_hand(R"({"alg":"HS256","typ":"rt+jwt"})", payload(), access_secret)), "auth.token_invalid");
  EXPECT_EQ(access(by_hand(good_header, payload(), "")), "auth.token_invalid");
  // Two servers, each with the other's secrets.
  TokenOptions swapped = options();
  std::swap(swapped.access_secret, swapped.refresh_secret);
  const Tokens other(swapped, clock_, random_, revocations_);
  EXPECT_EQ(said(other.verify_access(a)), "auth.token_invalid");
  EXPECT_EQ(said(other.verify_access(r)), "auth.token_invalid");
  EXPECT_EQ(said(other.verify_refresh(a)), "auth.token_invalid");
}

TEST_F(TokenTest, RefusesWrongClaims) {
  const std::string too_far = std::to_string(Timestamp::milliseconds_max / 1000 + 1);
  for (const auto& [changes, code] : std::vector<std::pair<Members, std::string>>{
           {{{"iss", R"("other")"}}, "auth.token_invalid"},
           {{{"iss", ""}}, "auth.token_invalid"},
           {{{"aud", R"("other")"}}, "auth.token_invalid"},
           {{{"aud", R"(["ashlar-api"])"}}, "auth.token_invalid"},
           {{{"aud", ""}}, "auth.token_invalid"},
           {{{"sub", ""}}, "auth.token_invalid"},
           {{{"sub", R"("1")"}}, "auth.token_invalid"},
           {{{"sub", R"("00000000-0000-0000-0000-000000000000")"}}, "auth.token_invalid"},
           {{{"sid", R"("1")"}}, "auth.token_invalid"},
           {{{"jti", ""}}, "auth.token_invalid"},
           {{{"jti", R"("")"}}, "auth.token_invalid"},
           {{{"jti", "\"" + std::string(65, 'x') + "\""}}, "auth.token_invalid"},
           {{{"iat", ""}}, "auth.token_invalid"},
           {{{"nbf", ""}}, "auth.token_invalid"},
           {{{"exp", ""}}, "auth.token_invalid"},
           {{{"exp", "\"" + std::to_string(now_seconds + 900) + "\""}}, "auth.token_invalid"},
           {{{"exp", "1e30"}}, "auth.token_invalid"},
           {{{"exp", too_far}}, "auth.token_invalid"},
           {{{"exp", "-1"}}, "auth.token_invalid"},
           {{{"exp", "null"}}, "auth.token_invalid"},
           {{{"email", "null"}}, "auth.token_invalid"},
           {{{"role", "1"}}, "auth.token_invalid"},
           {{{"role", "null"}}, "auth.token_invalid"},
           {{{"auth_time", "-1"}}, "auth.token_invalid"},
           {{{"auth_time", R"("1763713800")"}}, "auth.token_invalid"},
           {{{"auth_time", too_far}}, "auth.token_invalid"},
           {{{"amr", R"("pwd")"}}, "auth.token_invalid"},
           {{{"permissions", R"("create:product")"}}, "auth.token_invalid"},
           {{{"permissions", "[1]"}}, "auth.token_invalid"},
           {{{"exp", std::to_string(now_seconds)}}, "auth.token_expired"},
           {{{"exp", "0"}}, "auth.token_expired"},
           {{{"nbf", std::to_string(now_seconds + 6)}}, "auth.token_invalid"},
           {{{"iat", std::to_string(now_seconds + 6)}}, "auth.token_invalid"},
           {{{"nbf", std::to_string(now_seconds + 5)}}, "valid"},  // within the skew
           {{{"iat", std::to_string(now_seconds + 5)}}, "valid"},
           {{{"exp", std::to_string(now_seconds + 1)}}, "valid"},
           {{{"sid", ""}}, "valid"},
           {{{"email", ""}, {"role", ""}, {"permissions", ""}}, "valid"},  // and without any right
           {{{"something", R"({"new":[1]})"}}, "valid"},
       }) {
    EXPECT_EQ(access(by_hand(good_header, payload(changes))), code) << payload(changes);
  }
}

TEST_F(TokenTest, RefusesPayloadsThatAreNotJsonObjects) {
  for (const std::string& text :
       {std::string(), std::string("null"), std::string("[]"), std::string("hello"), payload() + " x",
        payload() + payload(), std::string("\xff\xfe"), payload({{"role", R"("a","role":"b")"}})}) {
    EXPECT_EQ(access(by_hand(good_header, text)), "auth.token_invalid") << text;
  }
}

TEST_F(TokenTest, RefusesTokensThatAreNotOfTheShape) {
  const std::string good = by_hand(good_header, payload());
  const std::size_t first = good.find('.'), second = good.rfind('.');
  const std::string header = good.substr(0, first), body = good.substr(first + 1, second - first - 1),
                    signature = good.substr(second + 1);
  std::vector<std::string> wrong{
      "",
      ".",
      "..",
      "...",
      "x",
      "Bearer " + good,
      good + ".",
      "." + good,
      good + ".x",
      good + "=",
      good + "\n",
      " " + good,
      header + "." + body,
      header + "." + body + ".",
      header + ".." + signature,
      "." + body + "." + signature,
      header + "=." + body + "." + signature,
      header + "." + body + "=." + signature,
      header + "." + body + "." + signature + "A",
      header + "." + body + "." + std::string(43, '*'),
      header + "." + body + "." + std::string(43, 'A'),
      std::string(64, '.'),
      std::string(64, 'x'),
      std::string(4097, 'x'),
      good + std::string(1, '\0'),
      header + "." + body + std::string(4096, 'A') + "." + signature,
  };
  // The last character of a signature holds two bits that count for nothing: only one way to write it is right.
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  wrong.push_back(good.substr(0, good.size() - 1) + alphabet[alphabet.find(good.back()) ^ 1U]);
  for (const std::string& token : wrong) EXPECT_EQ(access(token), "auth.token_invalid") << token;
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_EQ(access(good.substr(0, size)), "auth.token_invalid") << size;
  EXPECT_EQ(access(good), "valid");
}

TEST_F(TokenTest, RefusesAnyChangedCharacter) {
  const std::string good = tokens_.issue_access(principal()).token;
  EXPECT_EQ(access(good), "valid");  // and kept, so that the changed ones pass by the kept one
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(access(changed), "auth.token_invalid") << i;
  }
}

TEST_F(TokenTest, RefusesALongPayloadEvenIfItIsOurs) {
  EXPECT_EQ(access(by_hand(good_header, payload({{"email", "\"" + std::string(4000, 'x') + "\""}}))),
            "auth.token_invalid");
  Principal big = principal();
  big.permissions.assign(500, "create:product");
  EXPECT_THROW(static_cast<void>(tokens_.issue_access(big)), std::length_error);
}

TEST_F(TokenTest, ExpiresToTheSecondWhetherKeptOrNot) {
  const IssuedToken kept = tokens_.issue_access(principal());
  const IssuedToken fresh = tokens_.issue_access(principal());
  EXPECT_EQ(kept.expires_at, Timestamp::from_milliseconds((now_seconds + 900) * 1000));
  EXPECT_EQ(access(kept.token), "valid");
  clock_.advance(900s - 501ms);
  EXPECT_EQ(access(kept.token), "valid");
  clock_.advance(1ms);
  EXPECT_EQ(access(kept.token), "auth.token_expired");
  EXPECT_EQ(access(fresh.token), "auth.token_expired");
  const IssuedToken r = tokens_.issue_refresh(alice, session);
  clock_.advance(7 * 24h);
  EXPECT_EQ(refresh(r.token), "auth.token_expired");
}

TEST_F(TokenTest, IsRevokedByItsIdOrItsSessionWhetherKeptOrNot) {
  const IssuedToken kept = tokens_.issue_access(principal()), fresh = tokens_.issue_access(principal());
  Principal elsewhere = principal();
  elsewhere.session = Uuid::make(clock_, random_);
  const IssuedToken other = tokens_.issue_access(elsewhere);
  EXPECT_EQ(access(kept.token), "valid");
  revocations_.revoke_token(kept.token_id, kept.expires_at);
  EXPECT_EQ(access(kept.token), "auth.token_revoked");
  EXPECT_EQ(access(fresh.token), "valid");
  revocations_.revoke_session(session, fresh.expires_at);
  EXPECT_EQ(access(fresh.token), "auth.token_revoked");
  EXPECT_EQ(access(tokens_.issue_access(principal()).token), "auth.token_revoked");
  EXPECT_EQ(access(other.token), "valid");
  clock_.advance(900s);
  EXPECT_EQ(access(kept.token), "auth.token_expired");
}

TEST_F(TokenTest, RefusesWhatARemovedKeySignedAlsoWhenItIsCached) {
  const Key first = Key::generate(SignatureAlgorithm::es256, random_);
  const Key second = Key::generate(SignatureAlgorithm::eddsa, random_);
  const KeySet refresh_keys(Key::from_secret(refresh_secret));
  const std::string oldest = tokens_.issue_access(principal()).token;
  EXPECT_EQ(access(oldest), "valid");  // and cached
  tokens_.set_keys(KeySet(first), refresh_keys);
  EXPECT_EQ(access(oldest), "auth.token_invalid");
  const std::string old = tokens_.issue_access(principal()).token;
  EXPECT_EQ(access(old), "valid");
  EXPECT_EQ(access(old), "valid");
  const KeySet rotated = KeySet(first).rotate(second, clock_.now(), {.publish_lead = 0s, .token_lifetime_max = 900s});
  tokens_.set_keys(rotated, refresh_keys);
  const std::string fresh = tokens_.issue_access(principal()).token;
  EXPECT_EQ(access(old), "valid");
  EXPECT_EQ(access(fresh), "valid");
  tokens_.set_keys(rotated.remove(first.id()), refresh_keys);
  EXPECT_EQ(access(old), "auth.token_invalid");
  EXPECT_EQ(access(fresh), "valid");
  EXPECT_EQ(access(by_hand(good_header, payload())), "auth.token_invalid");  // the first secret is no key any more
}

TEST_F(TokenTest, ACachedTokenDoesNotOutliveItsKey) {
  const Key key = Key::generate(SignatureAlgorithm::es256, random_);
  tokens_.set_keys(KeySet({{key, clock_.now(), clock_.now() + 60s}}), KeySet(Key::from_secret(refresh_secret)));
  const std::string token = tokens_.issue_access(principal()).token;
  clock_.advance(60s - 1ms);
  EXPECT_EQ(access(token), "valid");
  clock_.advance(1ms);
  EXPECT_EQ(access(token), "auth.token_expired");  // cached
  EXPECT_EQ(access(token + "A"), "auth.token_invalid");
}

TEST_F(TokenTest, RefusesAKeyForBothKinds) {
  const Key key = Key::generate(SignatureAlgorithm::es256, random_);
  const Key renamed = Key::from_secret(access_secret, "another name");
  EXPECT_THROW(tokens_.set_keys(KeySet(key), KeySet(key)), std::invalid_argument);
  EXPECT_THROW(tokens_.set_keys(KeySet(Key::from_secret(access_secret)), KeySet(renamed)), std::invalid_argument);
  TokenOptions wrong = options();
  wrong.refresh_keys = KeySet(renamed);
  EXPECT_THROW(Tokens(wrong, clock_, random_, revocations_), std::invalid_argument);
  EXPECT_EQ(access(by_hand(good_header, payload())), "valid");  // nothing was replaced
}

TEST_F(TokenTest, SignsWithEachAlgorithm) {
  for (const auto algorithm :
       {SignatureAlgorithm::hs256, SignatureAlgorithm::rs256, SignatureAlgorithm::es256, SignatureAlgorithm::eddsa}) {
    TokenOptions wanted = options();
    wanted.access_keys = KeySet(Key::generate(algorithm, random_));
    Tokens tokens(wanted, clock_, random_, revocations_);
    EXPECT_EQ(said(tokens.verify_access(tokens.issue_access(principal()).token)), "valid") << name_of(algorithm);
    EXPECT_EQ(said(tokens.verify_access(by_hand(good_header, payload()))), "auth.token_invalid") << name_of(algorithm);
  }
}

TEST_F(TokenTest, CarriesWhenAndHowTheCallerSignedIn) {
  Principal slim;
  slim.id = alice;
  slim.session = session;
  slim.auth_time = clock_.now() - 90s;
  slim.amr = {"pwd", "otp"};
  const auto who = tokens_.verify_access(tokens_.issue_access(slim).token);
  ASSERT_TRUE(who);
  EXPECT_EQ((*who)->auth_time, Timestamp::from_milliseconds((now_seconds - 90) * 1000));
  EXPECT_EQ((*who)->amr, slim.amr);
  EXPECT_TRUE((*who)->role.empty() && (*who)->permissions.empty() && (*who)->email.empty());
  EXPECT_EQ((*tokens_.verify_access(tokens_.issue_access(principal()).token))->auth_time, std::nullopt);
}

TEST_F(TokenTest, SaysWhoItIs) {
  const IssuedToken issued = tokens_.issue_access(principal());
  for (int i = 0; i < 2; ++i) {
    const auto who = tokens_.verify_access(issued.token);
    ASSERT_TRUE(who);
    EXPECT_EQ((*who)->id, alice);
    EXPECT_EQ((*who)->session, session);
    EXPECT_EQ((*who)->token_id, issued.token_id);
    EXPECT_EQ((*who)->email, "alice@example.org");
    EXPECT_EQ((*who)->role, "user");
    EXPECT_EQ((*who)->permissions, principal().permissions);
    EXPECT_EQ((*who)->expires_at, issued.expires_at);
  }
  const IssuedToken r = tokens_.issue_refresh(alice, session);
  const auto claims = tokens_.verify_refresh(r.token);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->account, alice);
  EXPECT_EQ(claims->session, session);
  EXPECT_EQ(claims->token_id, r.token_id);
  EXPECT_EQ(claims->expires_at, r.expires_at);
}

TEST_F(TokenTest, HasNoSessionWithoutOne) {
  Principal machine = principal();
  machine.session = Uuid{};
  const std::string token = tokens_.issue_access(machine).token;
  const std::size_t first = token.find('.'), second = token.rfind('.');
  EXPECT_THAT(*from_base64url(token.substr(first + 1, second - first - 1)), Not(HasSubstr("sid")));
  revocations_.revoke_session(Uuid{}, clock_.now() + 1h);
  const auto who = tokens_.verify_access(token);
  ASSERT_TRUE(who);
  EXPECT_TRUE((*who)->session.is_nil());
}

TEST_F(TokenTest, IsSignedAsTheStandardSays) {
  for (const auto& [token, secret] : {std::pair(tokens_.issue_access(principal()).token, access_secret),
                                      std::pair(tokens_.issue_refresh(alice, session).token, refresh_secret)}) {
    const std::size_t second = token.rfind('.');
    EXPECT_EQ(token.substr(second + 1), hmac(EVP_sha256(), secret, token.substr(0, second)));
  }
}

TEST_F(TokenTest, GivesEachTokenANewId) {
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.insert(tokens_.issue_access(principal()).token_id);
  EXPECT_EQ(ids.size(), 100U);
  EXPECT_EQ(ids.begin()->size(), 22U);  // 128 bits
}

TEST_F(TokenTest, TheSignatureIsCheckedOnce) {
  const IssuedToken issued = tokens_.issue_access(principal());
  const auto first = tokens_.verify_access(issued.token);
  EXPECT_EQ(first->get(), tokens_.verify_access(issued.token)->get());  // the very same principal
  TokenOptions without = options();
  without.verified_tokens_max = 0;
  const Tokens each_time(without, clock_, random_, revocations_);
  EXPECT_NE(each_time.verify_access(issued.token)->get(), each_time.verify_access(issued.token)->get());
}

TEST_F(TokenTest, SeveralThreadsVerifyAtOnce) {
  TokenOptions small = options();
  small.verified_tokens_max = 8;  // so that they push each other out
  const Tokens tokens(small, clock_, random_, revocations_);
  std::vector<std::string> issued;
  for (int i = 0; i < 32; ++i) issued.push_back(tokens_.issue_access(principal()).token);
  std::vector<std::thread> threads;
  std::atomic<int> valid = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i)
        valid += tokens.verify_access(issued[static_cast<std::size_t>(i) % issued.size()]) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(valid, 800);
}

}  // namespace
}  // namespace ashlar::auth
