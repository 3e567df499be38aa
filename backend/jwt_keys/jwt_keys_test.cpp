// SPDX-License-Identifier: Apache-2.0
// Access tokens that are signed with a key set which all instances share.
#include "ashlar/async/task_scope.hpp"
#include "ashlar/core/encoding.hpp"
#include "backend/jwt_keys/jwt_key_store.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::test {
namespace {

using auth::SignatureAlgorithm;
using http::Method;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

constexpr const char* jwks_path = "/.well-known/jwks.json";
constexpr SignatureAlgorithm asymmetric[] = {SignatureAlgorithm::rs256, SignatureAlgorithm::es256,
                                             SignatureAlgorithm::eddsa};

TestBackend::ChangeSettings with(SignatureAlgorithm algorithm) {
  return [algorithm](backend::Settings& settings) { settings.jwt_algorithm = algorithm; };
}

web::TestRequest me(const std::string& token) {
  return {
      .method = Method::get, .target = "/api/users/me", .headers = {{"Authorization", "Bearer " + token}}, .body = {}};
}
std::string code_of(const web::TestReply& reply) { return reply.status < 400 ? "ok" : reply.at("/code"); }

std::string encoded(std::string_view text) { return to_base64url(std::as_bytes(std::span(text))); }
std::string part(const std::string& token, int number) {
  std::size_t from = 0;
  for (int i = 0; i < number; ++i) from = token.find('.', from) + 1;
  return token.substr(from, token.find('.', from) - from);
}
std::string header_of(const std::string& token) { return from_base64url(part(token, 0)).value(); }

// What an operator does with `ashlar keys`.
class Operator {
 public:
  explicit Operator(TestBackend& backend)
      : backend_(backend), box_(backend.settings().secret_keys, random_), store_(backend.database(), box_) {}

  auth::KeySet keys() { return stored().keys; }
  void rotate(std::chrono::seconds lead) {
    const auto before = stored();
    const auto next = auth::Key::generate(backend_.settings().jwt_algorithm, random_);
    replace(before.keys.rotate(next, backend_.clock().now(), {.publish_lead = lead, .token_lifetime_max = 24h}),
            before);
  }
  void remove(const std::string& id) {
    const auto before = stored();
    replace(before.keys.remove(id), before);
  }
  std::string signing_id() { return keys().signing_entry(backend_.clock().now())->key.id(); }

 private:
  backend::StoredKeySet stored() {
    return store_.load_or_make_blocking(backend_.settings().jwt_algorithm, random_).value();
  }
  void replace(const auth::KeySet& keys, const backend::StoredKeySet& before) {
    EXPECT_TRUE(store_.replace_blocking(keys, before.version).value());
    EXPECT_FALSE(store_.replace_blocking(keys, before.version).value()) << "that version is not the newest any more";
  }

  TestBackend& backend_;
  SystemRandom random_;
  auth::SecretBox box_;
  backend::JwtKeyStore store_;
};

void look(web::TestClient& client, backend::Application& instance) {
  EXPECT_TRUE(async::run_to_end(client.loop(), instance.jwt_keys().look()));
}

TEST(JwtKeys, OfHs256AreNotPublic) {
  TestBackend backend;
  const auto reply = backend.client().get(jwks_path);
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.at("/code"), "auth.no_public_keys");
  EXPECT_THAT(header_of(backend.person("ada").token), HasSubstr("HS256"));
}

TEST(JwtKeys, ThePublishedKeyVerifiesTokens) {
  for (const SignatureAlgorithm algorithm : asymmetric) {
    SCOPED_TRACE(auth::name_of(algorithm));
    TestBackend backend(with(algorithm));
    const Person ada = backend.person("ada");
    EXPECT_EQ(backend.client().send(me(ada.token)).status, 200);
    const auto reply = backend.client().send(
        {.method = Method::get, .target = jwks_path, .headers = {{"Origin", "https://other.example"}}, .body = {}});
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("Cache-Control"), "public, max-age=300");
    EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "*");
    for (const char* secret : {"\"d\"", "\"p\"", "\"q\"", "\"k\""}) EXPECT_THAT(reply.body, Not(HasSubstr(secret)));
    const auto published = auth::KeySet::parse_jwks(reply.body);
    ASSERT_TRUE(published) << reply.body;
    ASSERT_EQ(published->entries().size(), 1U);
    EXPECT_TRUE(published->verify(ada.token, "at+jwt", backend.clock().now()));
    EXPECT_EQ(header_of(ada.token), R"({"alg":")" + std::string(auth::name_of(algorithm)) +
                                        R"(","typ":"at+jwt","kid":")" + published->entries()[0].key.id() + R"("})");
  }
}

// RFC 8725 sections 2.1 and 3.1.
TEST(JwtKeys, RefuseTokensOfAnotherAlgorithmOrKey) {
  for (const SignatureAlgorithm algorithm : asymmetric) {
    SCOPED_TRACE(auth::name_of(algorithm));
    TestBackend backend(with(algorithm));
    const std::string token = backend.person("ada").token;
    const std::string claims = part(token, 1);
    const std::string jwks = backend.client().get(jwks_path).body;
    const std::string kid = Operator(backend).signing_id();
    const auto forged = [&](const std::string& header, const auth::Key& key) {
      const std::string text = encoded(header) + "." + claims;
      return text + "." + encoded(key.sign(text));
    };
    SystemRandom random;
    const auth::Key of_jwks = auth::Key::from_secret(jwks);
    const auth::Key of_settings = auth::Key::from_secret(backend.settings().tokens.access_secret);
    const std::vector<std::pair<const char*, std::string>> cases = {
        {"no signature", encoded(R"({"alg":"none","typ":"at+jwt"})") + "." + claims + "."},
        {"no signature, with the kid",
         encoded(R"({"alg":"none","typ":"at+jwt","kid":")" + kid + R"("})") + "." + claims + "."},
        {"the published text as an HMAC secret",
         forged(R"({"alg":"HS256","typ":"at+jwt","kid":")" + kid + R"("})", of_jwks)},
        {"JWT_SECRET", forged(R"({"alg":"HS256","typ":"at+jwt"})", of_settings)},
        {"JWT_SECRET, with the kid", forged(R"({"alg":"HS256","typ":"at+jwt","kid":")" + kid + R"("})", of_settings)},
        {"another key of the algorithm, with the kid",
         forged(R"({"alg":")" + std::string(auth::name_of(algorithm)) + R"(","typ":"at+jwt","kid":")" + kid + R"("})",
                auth::Key::generate(algorithm, random))},
        {"a signature of other claims", part(token, 0) + "." + encoded("{}") + "." + part(token, 2)}};
    for (const auto& [what, bad] : cases)
      EXPECT_EQ(code_of(backend.client().send(me(bad))), "auth.token_invalid") << what;
  }
}

TEST(JwtKeys, AreMadeOnceByInstancesThatStartAtOnce) {
  TestBackend backend;
  std::vector<std::string> ids(8);
  {
    std::vector<std::jthread> starting;
    for (std::string& id : ids) {
      starting.emplace_back([&backend, &id] {
        SystemRandom random;
        const auth::SecretBox box(backend.settings().secret_keys, random);
        backend::JwtKeyStore store(backend.database(), box);
        id = store.load_or_make_blocking(SignatureAlgorithm::es256, random).value().keys.entries().at(0).key.id();
      });
    }
  }
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 1U);
}

TEST(JwtKeys, AreStoredSealed) {
  TestBackend backend(with(SignatureAlgorithm::es256));
  std::string stored;
  ASSERT_TRUE(backend.database().query_blocking({.sql = "select sealed from jwt_key_sets",
                                                 .parameters = {},
                                                 .mode = sql::Mode::read,
                                                 .on_row = [&](const sql::Row& row) { stored = row.text(0); }}));
  EXPECT_THAT(stored, testing::StartsWith("v1.tests."));
  const auto other_keys = [](backend::Settings& settings) {
    settings.secret_keys = {{.id = "tests", .key = "another secret key, 32 bytes.ok."}};
  };
  EXPECT_THROW((void)backend.new_instance(other_keys), std::runtime_error);
  // A key that moves to the front seals the set at the next start.
  const auto token = backend.person("ada").token;
  backend.settings().secret_keys.insert(backend.settings().secret_keys.begin(),
                                        {.id = "newer", .key = "a newer secret key of 32 bytes.."});
  backend.restart();
  EXPECT_EQ(backend.client().send(me(token)).status, 200);
  backend.settings().secret_keys.pop_back();
  backend.restart();
  EXPECT_EQ(backend.client().send(me(token)).status, 200);
}

TEST(JwtKeys, RotateWithoutARefusal) {
  TestBackend backend(with(SignatureAlgorithm::es256));
  Operator op(backend);
  backend::Application& other = backend.new_instance();
  web::TestClient& there = backend.new_client(other);
  const Person ada = backend.person("ada");
  const std::string former = op.signing_id();
  op.rotate(10min);
  EXPECT_EQ(op.signing_id(), former);
  look(backend.client(), backend.application());
  EXPECT_THAT(header_of(backend.sign_in(ada.email).token), HasSubstr(former)) << "not before its time";
  EXPECT_EQ(auth::KeySet::parse_jwks(backend.client().get(jwks_path).body)->entries().size(), 2U) << "but published";
  backend.clock().advance(10min);
  const std::string token = backend.sign_in(ada.email).token;
  EXPECT_THAT(header_of(token), HasSubstr(op.signing_id()));
  EXPECT_NE(op.signing_id(), former);
  EXPECT_EQ(backend.client().send(me(token)).status, 200);
  // The other instance has not looked: it reads the set because of this token.
  EXPECT_EQ(there.send(me(token)).status, 200);
  EXPECT_EQ(there.send(me(ada.token)).status, 200) << "the former key verifies";
}

TEST(JwtKeys, OfATokenFromAnotherInstanceAreReadAtOnce) {
  TestBackend backend(with(SignatureAlgorithm::eddsa));
  Operator op(backend);
  web::TestClient& there = backend.new_client(backend.new_instance());
  const Person ada = backend.person("ada");
  op.rotate(0s);
  look(backend.client(), backend.application());
  const std::string token = backend.sign_in(ada.email).token;
  // Anybody can send unknown key ids: they cause 100 reads a second, and no more.
  for (int i = 0; i < 150; ++i) {
    const std::string made_up =
        encoded(R"({"alg":"EdDSA","typ":"at+jwt","kid":"made-up-)" + std::to_string(i) + R"("})");
    EXPECT_EQ(code_of(backend.client().send(me(made_up + "." + part(token, 1) + "." + part(token, 2)))),
              "auth.token_invalid");
  }
  backend.clock().advance(1ms);  // of two keys that begin at the same time, the id decides which one signs
  op.rotate(0s);
  const std::string newest = [&] {
    web::TestClient& third = backend.new_client(backend.new_instance());
    return third.post("/api/auth/login", R"({"email": "ada@example.com", "password": "a long password"})")
        .at("/data/accessToken");
  }();
  EXPECT_EQ(there.send(me(newest)).status, 200);
  EXPECT_EQ(code_of(backend.client().send(me(newest))), "auth.token_invalid") << "its reads are used up";
  backend.clock().advance(1s);
  EXPECT_EQ(backend.client().send(me(newest)).status, 200);
}

TEST(JwtKeys, ThatLeakedAreRemoved) {
  TestBackend backend(with(SignatureAlgorithm::es256));
  Operator op(backend);
  const Person ada = backend.person("ada");
  const std::string leaked = op.signing_id();
  op.rotate(0s);
  op.remove(leaked);
  EXPECT_EQ(backend.client().send(me(ada.token)).status, 200) << "nothing was read yet";
  look(backend.client(), backend.application());
  EXPECT_EQ(code_of(backend.client().send(me(ada.token))), "auth.token_invalid");
  const auto refreshed =
      backend.client().post("/api/auth/refresh", R"({"refreshToken": ")" + ada.refresh_token + R"("})");
  EXPECT_EQ(refreshed.status, 200) << "the session goes on";
  EXPECT_EQ(backend.client().send(me(refreshed.at("/data/accessToken"))).status, 200);
}

TEST(JwtKeys, StayWhenTheStoredSetCannotBeRead) {
  TestBackend backend(with(SignatureAlgorithm::es256));
  const Person ada = backend.person("ada");
  backend.run("update jwt_key_sets set sealed = 'v1.tests.AAAA', version = version + 1");
  look(backend.client(), backend.application());
  EXPECT_EQ(backend.client().send(me(ada.token)).status, 200);
  EXPECT_EQ(backend.client().get(jwks_path).status, 200);
  EXPECT_THROW((void)backend.new_instance(), std::runtime_error) << "a new instance does not make other keys";
}

}  // namespace
}  // namespace ashlar::test
