// SPDX-License-Identifier: Apache-2.0
// examples/passkeys in a real browser, with the browser's virtual authenticator, against the real server.
#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/http/server.hpp"
#include "ashlar/web/app.hpp"
#include "ashlar/web/files.hpp"
#include "tests/integration/server.hpp"
#include "tests/support/chromium.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace ashlar::test {
namespace {

// The page, from a server of its own.
class Page {
 public:
  Page() { server_.start(); }
  ~Page() { server_.stop(std::chrono::seconds{1}); }
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  [[nodiscard]] std::string origin() const { return "http://localhost:" + std::to_string(server_.port()); }

 private:
  web::Routes routes() {
    web::Routes out;
    web::mount_files(out, "/", ASHLAR_SOURCE_DIR "/examples/passkeys", pool_, {.index_file = "index.html"})
        .set_guard(api::open());
    return out;
  }
  // The page has its style inline and calls another origin.
  static web::AppOptions options() {
    web::AppOptions out;
    out.security_headers.content_security_policy = std::nullopt;
    return out;
  }

  SystemClock clock_;
  SystemRandom random_;
  log::Logger log_{{.console = log::LogOptions::Console::none}, clock_};
  async::BlockingPool pool_{{.threads = 1, .queue_max = 64, .name = "files"}};
  web::App app_{options(), {&clock_, &random_, &log_}, nullptr, routes()};
  http::Server server_{{.host = "127.0.0.1", .port = 0, .loops = 1}, app_};
};

class PasskeysInABrowser : public testing::Test {
 protected:
  void SetUp() override {
    const auto program = Chromium::find();
    if (!program) throw std::runtime_error("there is no Chromium: tools/install-packages test installs it");
    Variables variables = server_variables();
    variables["WEBAUTHN_ORIGINS"] = page_.origin();
    variables["WEBAUTHN_RP_ID"] = "localhost";
    variables["CORS_ORIGINS"] = page_.origin();
    server_.emplace(folder_, variables);
    browser_.emplace(*program);
    (void)browser_->command("WebAuthn.enable");
    authenticator_ =
        browser_
            ->command("WebAuthn.addVirtualAuthenticator",
                      R"({"options":{"protocol":"ctap2","transport":"internal","hasResidentKey":true,)"
                      R"("hasUserVerification":true,"isUserVerified":true,"automaticPresenceSimulation":true}})")
            .at("/result/authenticatorId");
    browser_->open(page_.origin() + "/?api=http://127.0.0.1:" + std::to_string(server_->port()));
  }

  // Presses the button and waits for what the page shows.
  std::string press(const std::string& button) {
    return browser_->evaluate(R"(new Promise(done => {
      const output = document.querySelector("output");
      output.dataset.of = "";
      const wait = () => output.dataset.of === ")" +
                              button + R"(" ? done(output.value) : setTimeout(wait, 10);
      document.querySelector("form").elements[")" +
                              button + R"("].click();
      wait();
    }))");
  }
  void fill(const std::string& field, const std::string& value) {
    (void)browser_->evaluate(R"(document.querySelector("form").elements[")" + field + R"("].value = ")" + value +
                             R"("; 0)");
  }

  TemporaryFolder folder_;
  Page page_;
  std::optional<Server> server_;
  std::optional<Chromium> browser_;
  std::string authenticator_;
};

TEST_F(PasskeysInABrowser, SignInAfterTheyWereAdded) {
  fill("password", "a long password");
  EXPECT_THAT(press("register"), testing::HasSubstr(R"("email": "ada@example.com")"));
  EXPECT_THAT(press("list"), testing::HasSubstr(R"("total": 0)"));
  EXPECT_THAT(press("add"), testing::HasSubstr(R"("backedUp": false)"));
  EXPECT_THAT(press("list"), testing::HasSubstr(R"("total": 1)"));
  EXPECT_THAT(press("add"), testing::HasSubstr("InvalidStateError")) << "the options exclude it";

  fill("password", "");
  for (int i = 0; i < 2; ++i)
    EXPECT_THAT(press("passkey"), testing::HasSubstr(R"("email": "ada@example.com")")) << "the browser finds it";
  EXPECT_THAT(press("mine"), testing::HasSubstr(R"("email": "ada@example.com")")) << "by the e-mail address";
  EXPECT_THAT(press("list"), testing::Not(testing::HasSubstr(R"("lastUsedAt": null)")));

  fill("email", "nobody@example.com");
  EXPECT_THAT(press("mine"), testing::HasSubstr("NotAllowedError")) << "no authenticator has the decoy";
}

// A clone of an authenticator repeats a counter.
TEST_F(PasskeysInABrowser, AreRefusedWhenTheirCounterGoesBack) {
  fill("password", "a long password");
  (void)press("register");
  EXPECT_THAT(press("add"), testing::HasSubstr(R"("backedUp": false)"));
  const std::string id = R"({"authenticatorId":")" + authenticator_ + R"("})";
  const auto before = browser_->command("WebAuthn.getCredentials", id);
  EXPECT_THAT(press("passkey"), testing::HasSubstr(R"("email": "ada@example.com")"));
  (void)browser_->command("WebAuthn.clearCredentials", id);
  const auto restored =
      browser_->command("WebAuthn.addCredential", R"({"authenticatorId":")" + authenticator_ + R"(","credential":)" +
                                                      before.at("/result/credentials/0") + "}");
  EXPECT_FALSE(restored.has("/error")) << restored.body;
  EXPECT_THAT(press("passkey"), testing::HasSubstr("auth.passkey_refused"));
}

}  // namespace
}  // namespace ashlar::test
