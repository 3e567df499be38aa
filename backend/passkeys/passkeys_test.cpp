// SPDX-License-Identifier: Apache-2.0
// Registering, listing and removing passkeys, and signing in with them.
#include "ashlar/core/encoding.hpp"
#include "tests/support/test_authenticator.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;

constexpr const char* path = "/api/auth/passkeys";
constexpr const char* login_path = "/api/auth/passkeys/login";

std::string bytes_of(const std::string& uuid) {
  const auto id = Uuid::parse(uuid).value();
  return {reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()};
}

std::string registration_body(const std::string& credential, const std::string& name = "Key") {
  return R"({"name":")" + name + R"(","credential":)" + credential + "}";
}

web::TestReply added(TestBackend& backend, const Person& person, const TestAuthenticator& device) {
  const auto options = backend.as(person, Method::post, std::string(path) + "/options");
  EXPECT_EQ(options.status, 200) << options.body;
  return backend.as(person, Method::post, path, registration_body(device.registration(options.at("/data/challenge"))));
}

struct Challenge {
  std::string id, text;
};
Challenge begun(TestBackend& backend, const std::string& body = "{}") {
  const auto reply = backend.client().post("/api/auth/passkeys/login/options", body);
  EXPECT_EQ(reply.status, 200) << reply.body;
  return {reply.at("/data/challengeId"), reply.at("/data/publicKey/challenge")};
}

std::string login_body(const Challenge& challenge, const TestAuthenticator& device) {
  return R"({"challengeId":")" + challenge.id + R"(","credential":)" + device.assertion(challenge.text) + "}";
}

web::TestReply signed_in(TestBackend& backend, const TestAuthenticator& device, const std::string& options = "{}") {
  return backend.client().post(login_path, login_body(begun(backend, options), device));
}

std::string code_of(const web::TestReply& reply) { return reply.status < 300 ? "ok" : reply.at("/code"); }

// Ada, with a passkey on a device that names her.
struct Registered {
  explicit Registered(TestBackend& in, const std::string& name = "ada") : person(in.person(name)) {
    device.user_handle = bytes_of(person.id);
    const auto reply = added(in, person, device);
    EXPECT_EQ(reply.status, 201) << reply.body;
    id = reply.at("/data/id");
  }
  TestAuthenticator device;
  Person person;
  std::string id;
};

TEST(Passkeys, RefuseInputsThatAreNoCredentials) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  const std::string good = registration_body(TestAuthenticator().registration("AAAA"));
  const std::string add = "POST /api/auth/passkeys", login = "POST /api/auth/passkeys/login";
  const auto faulty = [](std::string name, const std::string& route, std::string body, std::vector<std::string> faults,
                         std::string token = {}) {
    return Scenario{std::move(name),   route,           std::move(body), 422, "request.invalid",
                    std::move(faults), std::move(token)};
  };
  expect_refusals(
      backend.client(),
      without_a_good_token(add, good, backend.bad_tokens()) + without_a_readable_body(add, good, ada.token) +
          without_a_readable_body(login, login_body({ada.id, "AAAA"}, TestAuthenticator()), "") +
          without_a_good_page("GET /api/auth/passkeys", ada.token) +
          without_a_good_id("DELETE /api/auth/passkeys/", "", ada.token, "auth.passkey_not_found") +
          std::vector<Scenario>{
              faulty("nothing", add, "{}", {"/name required", "/credential required"}, ada.token),
              faulty("no name", add, R"({"name":"","credential":{"id":"AA","type":"public-key","response":{}}})",
                     {"/name too_short", "/credential/response/clientDataJSON required",
                      "/credential/response/attestationObject required"},
                     ada.token),
              faulty(
                  "another type", add,
                  R"({"name":"a","credential":{"id":"A","type":"password","response":{"clientDataJSON":"AA==",)"
                  R"("attestationObject":"+/"}}})",
                  {"/credential/id too_short", "/credential/type one_of",
                   "/credential/response/clientDataJSON base64url", "/credential/response/attestationObject base64url"},
                  ada.token),
              faulty("a huge credential id", login,
                     R"({"challengeId":"0193508e-7b2c-7000-8000-000000000001","credential":{"id":")" +
                         std::string(1'400, 'A') +
                         R"(","type":"public-key","response":{"clientDataJSON":"AA","authenticatorData":"AA",)"
                         R"("signature":"AA"}}})",
                     {"/credential/id too_long"}),
              faulty("a malformed challenge id", login, R"({"challengeId":"x"})",
                     {"/challengeId uuid", "/credential required"}),
              faulty("a number for an address", "POST /api/auth/passkeys/login/options", R"({"email":7})",
                     {"/email type"}),
          });
}

TEST(Passkeys, BodiesAreBounded) {
  TestBackend backend;
  const auto reply = backend.client().post(login_path, R"({"x":")" + std::string(100'000, 'x') + R"("})");
  EXPECT_EQ(reply.status, 413);
}

TEST(Passkeys, OptionsAreWhatTheBrowserTakes) {
  TestBackend backend;
  const Registered ada(backend);
  const auto reply = backend.as(ada.person, Method::post, std::string(path) + "/options");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/rp/id"), "example.org");
  EXPECT_EQ(from_base64url(reply.at("/data/user/id")).value_or(""), bytes_of(ada.person.id));
  EXPECT_EQ(reply.at("/data/user/name"), "ada@example.com");
  EXPECT_EQ(reply.at("/data/user/displayName"), "ada");
  EXPECT_EQ(from_base64url(reply.at("/data/challenge")).value_or("").size(), 32U);
  EXPECT_EQ(reply.at("/data/pubKeyCredParams"),
            R"([{"type":"public-key","alg":-7},{"type":"public-key","alg":-8},{"type":"public-key","alg":-257}])");
  EXPECT_EQ(reply.at("/data/timeout"), "300000");
  EXPECT_EQ(reply.at("/data/excludeCredentials"),
            R"([{"type":"public-key","id":")" + ada.device.id_text() + R"(","transports":["internal"]}])");
  EXPECT_EQ(reply.at("/data/authenticatorSelection/residentKey"), "preferred");
  EXPECT_EQ(reply.at("/data/authenticatorSelection/userVerification"), "preferred");
  EXPECT_EQ(reply.at("/data/attestation"), "none");
}

std::string step_up_body(const Challenge& challenge, const TestAuthenticator& device) {
  return login_body(challenge, device);
}

TEST(PasskeyStepUp, RefusesOthersAndUsedSignatures) {
  TestBackend backend;
  const Registered ada(backend), eve(backend, "eve");
  const std::string route = "/api/auth/step-up";
  const auto code = [&](const std::string& body) { return code_of(backend.as(ada.person, Method::post, route, body)); };
  const Challenge challenge = begun(backend);
  EXPECT_EQ(code(R"({"challengeId":")" + challenge.id + "\"}"), "request.invalid");
  EXPECT_EQ(code(R"({"credential":)" + ada.device.assertion(challenge.text) + "}"), "request.invalid");
  EXPECT_EQ(code(R"({"password":"a long password",)" + step_up_body(challenge, ada.device).substr(1)),
            "request.invalid");
  EXPECT_EQ(code(step_up_body(begun(backend), eve.device)), "auth.passkey_refused") << "of another account";
  EXPECT_EQ(code(step_up_body({.id = challenge.id, .text = "AAAA"}, ada.device)), "auth.passkey_refused");
  EXPECT_EQ(code(step_up_body(challenge, ada.device)), "auth.challenge_invalid") << "the refusal used it up";
  const std::string good = step_up_body(begun(backend), ada.device);
  EXPECT_EQ(code(good), "ok");
  EXPECT_EQ(code(good), "auth.challenge_invalid");
  const Challenge late = begun(backend);
  backend.clock().advance(std::chrono::minutes{5});
  EXPECT_EQ(code(step_up_body(late, ada.device)), "auth.challenge_invalid");
}

TEST(PasskeyStepUp, IsARecentSignInByItsMethods) {
  TestBackend backend;
  Registered ada(backend);
  backend.clock().advance(std::chrono::minutes{6});
  EXPECT_EQ(code_of(backend.as(ada.person, Method::post, std::string(path) + "/options")), "auth.step_up_required");
  for (const std::string options : {"{}", R"({"email":"ada@example.com"})"}) {
    const auto reply =
        backend.as(ada.person, Method::post, "/api/auth/step-up", step_up_body(begun(backend, options), ada.device));
    ASSERT_EQ(reply.status, 200) << reply.body;
    ada.person.token = reply.at("/data/accessToken");
    const std::string token = ada.person.token;
    const std::string claims =
        from_base64url(token.substr(token.find('.') + 1, token.rfind('.') - token.find('.') - 1)).value();
    EXPECT_THAT(claims, testing::HasSubstr(R"("amr":["hwk","user","mfa"])"));
    EXPECT_EQ(code_of(backend.as(ada.person, Method::post, std::string(path) + "/options")), "ok");
  }
  ASSERT_EQ(code_of(backend.as(ada.person, Method::remove, std::string(path) + "/" + ada.id)), "ok");
  EXPECT_EQ(
      code_of(backend.as(ada.person, Method::post, "/api/auth/step-up", step_up_body(begun(backend), ada.device))),
      "auth.passkey_refused");
}

TEST(PasskeyStepUp, IsRefusedWhereThereAreNoPasskeys) {
  TestBackend backend([](backend::Settings& settings) { settings.passkeys.relying_party = {}; });
  const Person ada = backend.person("ada");
  const auto reply =
      backend.as(ada, Method::post, "/api/auth/step-up", login_body({ada.id, "AAAA"}, TestAuthenticator()));
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.at("/errors/0/path"), "/credential");
}

TEST(Passkeys, TheLastWayToSignInStays) {
  TestBackend backend;
  const Registered ada(backend);
  backend.run("update users set password_hash = ''");
  EXPECT_EQ(code_of(backend.as(ada.person, Method::remove, std::string(path) + "/" + ada.id)),
            "auth.last_sign_in_method");
  EXPECT_EQ(code_of(signed_in(backend, ada.device)), "ok");
  TestAuthenticator other;
  other.user_handle = bytes_of(ada.person.id);
  const auto second = added(backend, ada.person, other);
  ASSERT_EQ(second.status, 201) << second.body;
  // Two that go at once: one stays.
  const auto removal = [&](const std::string& id) {
    return web::TestRequest{.method = Method::remove,
                            .target = std::string(path) + "/" + id,
                            .headers = {{"Authorization", "Bearer " + ada.person.token}},
                            .body = {}};
  };
  EXPECT_EQ(backend.at_once(std::vector{removal(ada.id), removal(second.at("/data/id"))}), (std::vector{204, 409}));
}

TEST(Passkeys, TheirOwnerGetsAMailOfChanges) {
  TestBackend backend;
  const Registered ada(backend);
  const auto subjects = [&] {
    std::vector<std::string> out;
    for (const auto& mail : backend.mails_to("ada@example.com")) out.emplace_back(mail.subject.view());
    return out;
  };
  EXPECT_THAT(subjects(), testing::Contains("A way to sign in was added to your account"));
  EXPECT_THAT(subjects(), testing::Not(testing::Contains("A way to sign in was removed from your account")));
  ASSERT_EQ(code_of(backend.as(ada.person, Method::remove, std::string(path) + "/" + ada.id)), "ok");
  EXPECT_THAT(subjects(), testing::Contains("A way to sign in was removed from your account"));
}

TEST(Passkeys, AreListedAndRemovedByTheirOwner) {
  TestBackend backend;
  const Registered ada(backend), eve(backend, "eve");
  auto list = backend.as(ada.person, Method::get, path);
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(list.at("/pagination/total"), "1");
  EXPECT_EQ(list.at("/data/0/id"), ada.id);
  EXPECT_EQ(list.at("/data/0/name"), "Key");
  EXPECT_EQ(list.at("/data/0/lastUsedAt"), "null");
  EXPECT_EQ(list.at("/data/0/backedUp"), "false");
  EXPECT_FALSE(list.has("/data/0/publicKey"));
  EXPECT_EQ(code_of(backend.as(eve.person, Method::remove, std::string(path) + "/" + ada.id)),
            "auth.passkey_not_found");
  EXPECT_EQ(code_of(signed_in(backend, ada.device)), "ok");
  list = backend.as(ada.person, Method::get, path);
  EXPECT_EQ(list.at("/data/0/lastUsedAt"), "2026-05-04T08:30:00.000Z");

  EXPECT_EQ(backend.as(ada.person, Method::remove, std::string(path) + "/" + ada.id).status, 204);
  EXPECT_EQ(backend.as(ada.person, Method::get, path).at("/data"), "[]");
  EXPECT_EQ(code_of(signed_in(backend, ada.device)), "auth.passkey_refused");
}

TEST(Passkeys, AnAccountHasAtMostTwenty) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  for (int i = 0; i < 20; ++i) ASSERT_EQ(added(backend, ada, TestAuthenticator()).status, 201);
  const auto reply = added(backend, ada, TestAuthenticator());
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply.at("/code"), "auth.passkeys_full");
}

struct Forgery {
  std::string name;
  std::function<void(TestAuthenticator&)> change;
  std::string registration, sign_in;
};
const std::vector<Forgery> forgeries = {
    {"another origin", [](auto& d) { d.origin = "https://example.com"; }, "auth.webauthn_refused",
     "auth.passkey_refused"},
    {"another RP ID", [](auto& d) { d.rp_id = "example.com"; }, "auth.webauthn_refused", "auth.passkey_refused"},
    {"no user present", [](auto& d) { d.flags = TestAuthenticator::verified; }, "auth.webauthn_refused",
     "auth.passkey_refused"},
    {"the other ceremony", [](auto& d) { std::swap(d.create_type, d.get_type); }, "auth.webauthn_refused",
     "auth.passkey_refused"},
    {"an algorithm that is not offered", [](auto& d) { d.algorithm = -47; }, "auth.webauthn_refused", "ok"},
    {"bytes after the authenticator data", [](auto& d) { d.extensions = "x"; }, "auth.webauthn_malformed",
     "auth.webauthn_malformed"},
    {"an embedded page", [](auto& d) { d.more_client_data = R"(,"crossOrigin":true)"; }, "auth.webauthn_refused",
     "auth.passkey_refused"},
};

TEST(Passkeys, RefuseForgedResponses) {
  TestBackend backend;
  for (const Forgery& forgery : forgeries) {
    SCOPED_TRACE(forgery.name);
    const Person person = backend.person("p" + std::to_string(&forgery - forgeries.data()));
    TestAuthenticator device;
    device.user_handle = bytes_of(person.id);
    TestAuthenticator forged;
    forgery.change(forged);
    EXPECT_EQ(code_of(added(backend, person, forged)), forgery.registration);
    ASSERT_EQ(code_of(added(backend, person, device)), "ok");
    forgery.change(device);
    EXPECT_EQ(code_of(signed_in(backend, device)), forgery.sign_in);
  }
}

TEST(Passkeys, RefuseChallengesThatAreUnknownUsedOrExpired) {
  TestBackend backend;
  Registered ada(backend);
  const Person eve = backend.person("eve");
  // Registration: unknown, of another account, of a sign-in, after five minutes, twice.
  const TestAuthenticator device;
  const auto register_with = [&](const Person& who, const std::string& challenge) {
    return code_of(backend.as(who, Method::post, path, registration_body(device.registration(challenge))));
  };
  EXPECT_EQ(register_with(eve, std::string(43, 'A')), "auth.challenge_invalid");
  const auto options = [&](const Person& who) {
    return backend.as(who, Method::post, std::string(path) + "/options").at("/data/challenge");
  };
  EXPECT_EQ(register_with(eve, options(ada.person)), "auth.challenge_invalid");
  EXPECT_EQ(register_with(eve, begun(backend).text), "auth.challenge_invalid");
  const std::string late = options(eve), once = options(eve);
  EXPECT_EQ(register_with(eve, once), "ok");
  EXPECT_EQ(register_with(eve, once), "auth.challenge_invalid");
  backend.clock().advance(std::chrono::minutes{5});
  EXPECT_EQ(register_with(backend.sign_in("eve@example.com"), late), "auth.challenge_invalid");

  // Sign-in: unknown, of a registration, another challenge than the id says, after five minutes, twice.
  const auto login_with = [&](const Challenge& challenge) {
    return code_of(backend.client().post(login_path, login_body(challenge, ada.device)));
  };
  EXPECT_EQ(login_with({"0193508e-7b2c-7000-8000-000000000001", std::string(43, 'A')}), "auth.challenge_invalid");
  EXPECT_EQ(login_with({begun(backend).id, begun(backend).text}), "auth.passkey_refused");
  const Challenge used = begun(backend), expired = begun(backend);
  EXPECT_EQ(login_with({used.id, begun(backend).text}), "auth.passkey_refused");
  EXPECT_EQ(login_with(used), "auth.challenge_invalid") << "a wrong response used it up";
  backend.clock().advance(std::chrono::minutes{5});
  EXPECT_EQ(login_with(expired), "auth.challenge_invalid");
}

TEST(Passkeys, ExpiredChallengesAreRemoved) {
  TestBackend backend;
  for (int i = 0; i < 3; ++i) (void)begun(backend);
  backend.clock().advance(std::chrono::minutes{5});
  (void)begun(backend);
  std::int64_t left = 0;
  const auto counted =
      backend.database().query_blocking({.sql = "select count(*) from passkey_challenges",
                                         .on_row = [&left](const sql::Row& row) { left = row.integer(0); }});
  ASSERT_TRUE(counted);
  EXPECT_EQ(left, 1);
}

TEST(Passkeys, ACredentialIsRegisteredOnce) {
  TestBackend backend;
  const Registered ada(backend);
  const Person eve = backend.person("eve");
  const TestAuthenticator same(ada.device.id());
  EXPECT_EQ(code_of(added(backend, eve, same)), "auth.passkey_taken");
  EXPECT_EQ(code_of(added(backend, ada.person, same)), "auth.passkey_taken");
}

TEST(Passkeys, SignInAsAPasswordDoes) {
  TestBackend backend;
  const Registered ada(backend);
  const auto reply = signed_in(backend, ada.device);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/user/id"), ada.person.id);
  EXPECT_EQ(reply.at("/data/tokenType"), "Bearer");
  EXPECT_THAT(reply.header("Set-Cookie"), testing::HasSubstr("HttpOnly"));
  const Person again{
      .id = ada.person.id, .email = ada.person.email, .token = reply.at("/data/accessToken"), .refresh_token = {}};
  EXPECT_EQ(backend.as(again, Method::get, "/api/users/me").status, 200);
  EXPECT_EQ(backend.as(again, Method::get, "/api/auth/sessions").at("/pagination/total"), "2");
}

TEST(Passkeys, SignInTheAccountThatTheyBelongTo) {
  TestBackend backend;
  Registered ada(backend), eve(backend, "eve");
  EXPECT_EQ(code_of(signed_in(backend, ada.device, R"({"email":"ADA@example.com"})")), "ok");
  EXPECT_EQ(code_of(signed_in(backend, ada.device, R"({"email":"eve@example.com"})")), "auth.passkey_refused");
  EXPECT_EQ(code_of(signed_in(backend, ada.device, R"({"email":"nobody@example.com"})")), "auth.passkey_refused");
  ada.device.user_handle = eve.device.user_handle;
  EXPECT_EQ(code_of(signed_in(backend, ada.device)), "auth.passkey_refused");
  EXPECT_EQ(code_of(signed_in(backend, ada.device, R"({"email":"ada@example.com"})")), "auth.passkey_refused");
  ada.device.user_handle.clear();
  EXPECT_EQ(code_of(signed_in(backend, ada.device)), "auth.passkey_refused") << "nothing names the account";
  EXPECT_EQ(code_of(signed_in(backend, ada.device, R"({"email":"ada@example.com"})")), "ok");
}

TEST(Passkeys, AnotherKeyWithTheSameIdIsRefused) {
  TestBackend backend;
  const Registered ada(backend);
  TestAuthenticator other(ada.device.id());
  other.user_handle = ada.device.user_handle;
  EXPECT_EQ(code_of(signed_in(backend, other)), "auth.passkey_refused");
}

// Members of the answer without what differs each time.
std::string shape_of(TestBackend& backend, const std::string& email) {
  const auto reply = backend.client().post("/api/auth/passkeys/login/options", R"({"email":")" + email + R"("})");
  EXPECT_EQ(reply.status, 200) << reply.body;
  std::string out = reply.at("/data/publicKey/allowCredentials");
  for (const char* member : {"timeout", "rpId", "userVerification"})
    out += " " + reply.at("/data/publicKey/" + std::string(member));
  return out;
}

TEST(Passkeys, OptionsDoNotTellWhetherAnAddressHasAnAccount) {
  TestBackend backend;
  const Registered ada(backend);
  (void)backend.person("bob");
  const std::string known = shape_of(backend, "ada@example.com");
  const std::string without_passkeys = shape_of(backend, "bob@example.com");
  const std::string unknown = shape_of(backend, "nobody@example.com");
  EXPECT_THAT(known, testing::HasSubstr(ada.device.id_text()));
  const auto is_one_credential = testing::MatchesRegex(
      R"(\[\{"type":"public-key","id":"[A-Za-z0-9_-]+","transports":\["[a-z]+"(,"[a-z]+")?\]\}\] 300000 example.org preferred)");
  EXPECT_THAT(known, is_one_credential);
  EXPECT_THAT(without_passkeys, is_one_credential);
  EXPECT_THAT(unknown, is_one_credential);
  EXPECT_NE(unknown, without_passkeys);
  EXPECT_EQ(unknown, shape_of(backend, "NOBODY@example.com"));
  backend.restart();
  EXPECT_EQ(unknown, shape_of(backend, "nobody@example.com")) << "the same at another time";
}

TEST(Passkeys, ACounterThatDoesNotGoUpIsRefused) {
  TestBackend backend;
  Registered ada(backend);
  const auto with_count = [&](std::uint32_t count) {
    ada.device.sign_count = count;
    return code_of(signed_in(backend, ada.device));
  };
  EXPECT_EQ(with_count(0), "ok") << "an authenticator without a counter";
  EXPECT_EQ(with_count(7), "ok");
  EXPECT_EQ(with_count(7), "auth.passkey_refused");
  EXPECT_EQ(with_count(6), "auth.passkey_refused");
  EXPECT_EQ(with_count(0), "auth.passkey_refused");
  EXPECT_EQ(with_count(0xffffffff), "ok");
}

TEST(Passkeys, BackupStateIsStoredAndEligibilityDoesNotChange) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  TestAuthenticator device;
  device.user_handle = bytes_of(ada.id);
  device.flags |= TestAuthenticator::eligible;
  ASSERT_EQ(code_of(added(backend, ada, device)), "ok");
  EXPECT_EQ(backend.as(ada, Method::get, path).at("/data/0/backedUp"), "false");
  device.flags |= TestAuthenticator::backed_up;
  EXPECT_EQ(code_of(signed_in(backend, device)), "ok");
  EXPECT_EQ(backend.as(ada, Method::get, path).at("/data/0/backedUp"), "true");
  device.flags = TestAuthenticator::present | TestAuthenticator::verified;
  EXPECT_EQ(code_of(signed_in(backend, device)), "auth.passkey_refused");
}

TEST(Passkeys, OfParallelUsesOfOneChallengeOneSucceeds) {
  TestBackend backend;
  const Registered ada(backend);
  const std::string body = login_body(begun(backend), ada.device);
  const auto statuses = backend.at_once(8, {.method = Method::post, .target = login_path, .headers = {}, .body = body});
  EXPECT_EQ(std::ranges::count(statuses, 200), 1);
  EXPECT_EQ(std::ranges::count(statuses, 422), 7);
}

TEST(Passkeys, OfParallelUsesOfOneCounterOneSucceeds) {
  TestBackend backend;
  Registered ada(backend);
  ada.device.sign_count = 5;
  std::vector<web::TestRequest> requests;
  for (int i = 0; i < 6; ++i)
    requests.push_back(
        {.method = Method::post, .target = login_path, .headers = {}, .body = login_body(begun(backend), ada.device)});
  const auto statuses = backend.at_once(requests);
  EXPECT_EQ(std::ranges::count(statuses, 200), 1);
  EXPECT_EQ(std::ranges::count(statuses, 401), 5);
}

TEST(Passkeys, OfParallelRegistrationsAtTheLimitOneSucceeds) {
  TestBackend backend;
  const Person ada = backend.person("ada");
  for (int i = 0; i < 19; ++i) ASSERT_EQ(added(backend, ada, TestAuthenticator()).status, 201);
  std::vector<web::TestRequest> requests;
  for (int i = 0; i < 4; ++i) {
    const auto options = backend.as(ada, Method::post, std::string(path) + "/options");
    requests.push_back({.method = Method::post,
                        .target = path,
                        .headers = {{"Authorization", "Bearer " + ada.token}},
                        .body = registration_body(TestAuthenticator().registration(options.at("/data/challenge")))});
  }
  const auto statuses = backend.at_once(requests);
  EXPECT_EQ(std::ranges::count(statuses, 201), 1);
  EXPECT_EQ(std::ranges::count(statuses, 409), 3);
}

TEST(Passkeys, GoWithTheirAccount) {
  TestBackend backend;
  const Registered ada(backend);
  const Person admin = backend.admin();
  ASSERT_EQ(backend.as(admin, Method::remove, "/api/users/" + ada.person.id).status, 204);
  EXPECT_EQ(code_of(signed_in(backend, ada.device)), "auth.passkey_refused");
}

}  // namespace
}  // namespace ashlar::test
