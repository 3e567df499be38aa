// SPDX-License-Identifier: Apache-2.0
// What the settings of passkeys change, and what the security log holds.
#include "ashlar/core/uuid.hpp"
#include "backend/passkeys/passkey_settings.hpp"
#include "backend/passkeys/passkeys.hpp"
#include "tests/support/test_authenticator.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>

namespace ashlar::test {
namespace {

using backend::PasskeyOptions;
using http::Method;

// A second Application on the backend's database, with other options of passkeys, and one account in it.
class Changed {
 public:
  explicit Changed(const std::function<void(PasskeyOptions&)>& change, log::LogOptions log = quiet())
      : logger_(std::move(log), backend_.clock()) {
    const Person ada = backend_.person("ada");
    token_ = ada.token;
    const auto id = Uuid::parse(ada.id).value();
    device.user_handle = {reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()};
    backend::Settings settings = backend_.application().settings();
    change(settings.passkeys);
    application_.emplace(
        settings,
        backend::Dependencies{
            .clock = backend_.clock(), .random = random_, .logger = logger_, .database = backend_.database()});
    client_.emplace(application_->app());
  }
  ~Changed() { application_->cache().close(); }
  Changed(const Changed&) = delete;
  Changed& operator=(const Changed&) = delete;

  static log::LogOptions quiet() { return {.console = log::LogOptions::Console::none}; }

  std::string add() {
    const auto options = send("/api/auth/passkeys/options", "");
    return code_of(send("/api/auth/passkeys",
                        R"({"name":"Key","credential":)" + device.registration(options.at("/data/challenge")) + "}"));
  }
  std::string sign_in() {
    const auto options = client_->post("/api/auth/passkeys/login/options", "{}");
    return code_of(client_->post("/api/auth/passkeys/login",
                                 R"({"challengeId":")" + options.at("/data/challengeId") + R"(","credential":)" +
                                     device.assertion(options.at("/data/publicKey/challenge")) + "}"));
  }
  void turn_on_second_factor() {
    ASSERT_TRUE(backend_.database().query_blocking(
        {.sql = "update users set mfa_enabled = true", .mode = sql::Mode::write, .on_row = {}}));
  }
  web::TestReply send(std::string target, std::string body) {
    return client_->send({.method = Method::post,
                          .target = std::move(target),
                          .headers = {{"Authorization", "Bearer " + token_}},
                          .body = std::move(body)});
  }

  TestAuthenticator device;

 private:
  static std::string code_of(const web::TestReply& reply) {
    return reply.status >= 300 ? reply.at("/code") : reply.has("/data/mfaToken") ? "mfa" : "ok";
  }

  TestBackend backend_;
  SystemRandom random_;
  log::Logger logger_;
  std::string token_;
  std::optional<backend::Application> application_;
  std::optional<web::TestClient> client_;
};

TEST(PasskeyPolicy, UserVerificationCanBeRequired) {
  using UserVerification = auth::RelyingPartyOptions::UserVerification;
  Changed with([](PasskeyOptions& options) { options.relying_party.user_verification = UserVerification::required; });
  EXPECT_EQ(with.send("/api/auth/passkeys/options", "").at("/data/authenticatorSelection/userVerification"),
            "required");
  with.device.flags = TestAuthenticator::present;
  EXPECT_EQ(with.add(), "auth.webauthn_refused");
  with.device.flags |= TestAuthenticator::verified;
  EXPECT_EQ(with.add(), "ok");
  EXPECT_EQ(with.sign_in(), "ok");
  with.device.flags = TestAuthenticator::present;
  EXPECT_EQ(with.sign_in(), "auth.passkey_refused");
}

TEST(PasskeyPolicy, WithASecondFactorOnAPasskeyWithoutUserVerificationIsTheFirstOfTwo) {
  Changed with([](PasskeyOptions&) {});
  EXPECT_EQ(with.add(), "ok");
  with.turn_on_second_factor();
  EXPECT_EQ(with.sign_in(), "ok") << "the device and its user are two factors";
  with.device.flags = TestAuthenticator::present;
  EXPECT_EQ(with.sign_in(), "mfa");
}

TEST(PasskeyPolicy, AreAbsentWithoutAnRpId) {
  Changed with([](PasskeyOptions& options) { options.relying_party.id.clear(); });
  EXPECT_EQ(with.send("/api/auth/passkeys/options", "").status, 404);
}

class PasskeyEvents : public testing::Test {
 protected:
  PasskeyEvents() { ::close(::mkstemp(file_.data())); }
  ~PasskeyEvents() override { std::filesystem::remove(file_); }

  [[nodiscard]] log::LogOptions options() const {
    log::LogOptions out = Changed::quiet();
    out.level = log::Level::fatal;
    out.file = file_;
    return out;
  }
  [[nodiscard]] int count(const std::string& message) const {
    std::ifstream in(file_);
    int found = 0;
    for (std::string line; std::getline(in, line);)
      if (line.contains(R"("channel":"security")") && line.contains(message)) ++found;
    return found;
  }

 private:
  std::string file_ = (std::filesystem::temp_directory_path() / "ashlar-passkeys-XXXXXX").string();
};

TEST_F(PasskeyEvents, ACounterThatDoesNotGoUpIsOneAndTheSignInIsRefused) {
  {
    Changed with([](PasskeyOptions&) {}, options());
    with.device.sign_count = 9;
    EXPECT_EQ(with.add(), "ok");
    EXPECT_EQ(with.sign_in(), "auth.passkey_refused");
  }
  EXPECT_EQ(count("passkey added"), 1);
  EXPECT_EQ(count("signature counter did not go up"), 1);
}

TEST_F(PasskeyEvents, ACounterThatDoesNotGoUpMayBeLoggedAlone) {
  {
    Changed with([](PasskeyOptions& options) { options.low_counter = PasskeyOptions::LowCounter::log; }, options());
    with.device.sign_count = 9;
    EXPECT_EQ(with.add(), "ok");
    with.device.sign_count = 4;
    EXPECT_EQ(with.sign_in(), "ok");
    with.device.sign_count = 9;
    EXPECT_EQ(with.sign_in(), "ok");
  }
  EXPECT_EQ(count("signature counter did not go up"), 2) << "the higher counter stays";
}

TEST_F(PasskeyEvents, ARefusalNamesItsReason) {
  {
    Changed with([](PasskeyOptions&) {}, options());
    EXPECT_EQ(with.sign_in(), "auth.passkey_refused");
    EXPECT_EQ(with.add(), "ok");
    with.device.origin = "https://example.com";
    EXPECT_EQ(with.sign_in(), "auth.passkey_refused");
  }
  EXPECT_EQ(count("the credential is not registered"), 1);
  EXPECT_EQ(count("The origin is not allowed."), 1);
}

TEST(PasskeyPolicy, MethodsSayHowTheKeyIsKeptAndWhetherTheUserWasVerified) {
  using testing::ElementsAre;
  backend::ProvenPasskey proven;
  EXPECT_THAT(authentication_methods(proven), ElementsAre("hwk", "user"));
  proven.assertion.user_verified = true;
  EXPECT_THAT(authentication_methods(proven), ElementsAre("hwk", "user", "mfa"));
  proven.row.backup_eligible = true;
  EXPECT_THAT(authentication_methods(proven), ElementsAre("swk", "user", "mfa"));
}

struct Read {
  std::string id, origins, faults;
};
Read read(std::map<std::string, std::string> variables, backend::PasskeyDefaults defaults = {}) {
  config::Environment env(std::move(variables));
  const PasskeyOptions options = backend::read_passkey_options(env, defaults);
  Read out{.id = options.relying_party.id, .origins = {}, .faults = {}};
  for (const auto& each : options.relying_party.origins) out.origins += each + " ";
  for (const auto& each : env.faults()) out.faults += each.variable + " ";
  return out;
}

TEST(PasskeySettings, AreWrongWhereABrowserWouldRefuseThem) {
  using Variables = std::map<std::string, std::string>;
  for (const auto& [variables, faulty] : std::vector<std::pair<Variables, std::string>>{
           {{{"WEBAUTHN_RP_ID", "https://example.org"}}, "WEBAUTHN_RP_ID "},
           {{{"WEBAUTHN_RP_ID", "example.org:443"}}, "WEBAUTHN_RP_ID "},
           {{{"WEBAUTHN_RP_ID", "Example.org"}}, "WEBAUTHN_RP_ID "},
           {{{"WEBAUTHN_RP_ID", ".org"}}, "WEBAUTHN_RP_ID "},
           {{{"WEBAUTHN_ORIGINS", "https://example.org"}}, "WEBAUTHN_RP_ID "},
           {{{"WEBAUTHN_RP_ID", "example.org"}, {"WEBAUTHN_ORIGINS", "https://example.com"}}, "WEBAUTHN_ORIGINS "},
           {{{"WEBAUTHN_RP_ID", "example.org"}, {"WEBAUTHN_ORIGINS", "https://notexample.org"}}, "WEBAUTHN_ORIGINS "},
           {{{"WEBAUTHN_RP_ID", "example.org"}, {"WEBAUTHN_ORIGINS", "http://example.org"}}, "WEBAUTHN_ORIGINS "},
           {{{"WEBAUTHN_RP_ID", "example.org"}, {"WEBAUTHN_ORIGINS", "https://example.org/"}}, "WEBAUTHN_ORIGINS "},
           {{{"WEBAUTHN_RP_ID", "example.org"}, {"WEBAUTHN_ORIGINS", "*"}}, "WEBAUTHN_ORIGINS "},
           {{{"PUBLIC_URL", "http://example.org"}}, "WEBAUTHN_ORIGINS "},
           {{{"WEBAUTHN_USER_VERIFICATION", "discouraged"}}, "WEBAUTHN_USER_VERIFICATION "},
           {{{"WEBAUTHN_CHALLENGE_TIME_MAX", "1s"}}, "WEBAUTHN_CHALLENGE_TIME_MAX "},
           {{{"WEBAUTHN_LOW_COUNTER", "ignore"}}, "WEBAUTHN_LOW_COUNTER "},
           {{{"PASSKEYS_PER_USER_MAX", "0"}}, "PASSKEYS_PER_USER_MAX "}})
    EXPECT_EQ(read(variables).faults, faulty) << variables.begin()->second;
}

TEST(PasskeySettings, TakeTheirDefaultsFromTheAddress) {
  EXPECT_EQ(read({}).id, "") << "off";
  const backend::PasskeyDefaults here{.place = backend::PasskeyDefaults::Place::localhost, .port = 3000};
  EXPECT_EQ(read({}, here).id, "localhost");
  EXPECT_EQ(read({}, here).origins, "http://localhost:3000 ");
  const Read of_url = read({{"PUBLIC_URL", "https://www.example.org:8443/shop"}}, here);
  EXPECT_EQ(of_url.id + " " + of_url.origins, "www.example.org https://www.example.org:8443 ");
  const Read of_id = read({{"WEBAUTHN_RP_ID", "example.org"}});
  EXPECT_EQ(of_id.id + " " + of_id.origins, "example.org https://example.org ");
  const Read both = read({{"WEBAUTHN_RP_ID", "example.org"}, {"PUBLIC_URL", "https://www.example.org"}});
  EXPECT_EQ(both.id + " " + both.origins, "example.org https://www.example.org ");
  const Read listed =
      read({{"WEBAUTHN_RP_ID", "example.org"}, {"WEBAUTHN_ORIGINS", "https://a.example.org,android:apk-key-hash:abc"}});
  EXPECT_EQ(listed.origins + listed.faults, "https://a.example.org android:apk-key-hash:abc ");
}

}  // namespace
}  // namespace ashlar::test
