// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/task_scope.hpp"
#include "backend/auth/password_check.hpp"
#include "backend/auth/session.hpp"
#include "tests/support/test_backend.hpp"

#include <gtest/gtest.h>

// What docs/guide/passwords.md shows.
namespace ashlar::backend {
namespace {

Task<Result<>> require_password(const api::Call& call, Uuid account, std::string password, std::string hash,
                                Guessing& guessing, Passwords& passwords) {
  const Guess guess{.account = account, .email_key = {}, .device = call.principal()->session};
  const auto checked =
      co_await unwrap(check_password(call, guess, std::move(password), std::move(hash), guessing, passwords));
  if (!checked.matches) co_return fail(errors::invalid_credentials, "The password is wrong.");
  co_return Result<>{};
}

struct Confirm {
  Secret<Text<1, 1024>> password;
};
ASHLAR_DESCRIBE(Confirm, password)

struct Needed {
  Guessing& guessing;
  Passwords& passwords;
  std::string hash;
};

Task<Result<>> confirm(api::UserCall& call, Confirm in, Needed& needed) {
  return require_password(call, call.user().id, in.password.reveal().str(), needed.hash, needed.guessing,
                          needed.passwords);
}

TEST(PasswordsGuide, AsksASessionForItsPasswordUnderABoundOfItsOwn) {
  async::BlockingPool pool({.threads = 1, .queue_max = 8, .name = "hashing"});
  SystemRandom random;
  const SystemClock clock;
  auth::HashingQueue queue(pool, clock);
  auth::PasswordHasher hasher(queue, random, {.cost = 4});
  const auth::PasswordPolicy policy;
  Passwords passwords(hasher, policy);
  api::MemoryRateLimits counts(1000);
  Guessing guessing(counts, "a key of the tests that is long enough", {.failures_per_device_max = 4});

  auth::TokenOptions options;
  options.access_secret = "the access secret of the tests, long enough";
  options.refresh_secret = "the refresh secret of the tests, long enough";
  const auth::MemoryRevocations none(clock);
  auth::Tokens tokens(options, clock, random, none);
  boost::asio::io_context loop{1};
  Needed needed{guessing, passwords, async::run_to_end(loop, hasher.hash("a long password")).value()};
  web::Routes routes;
  routes.post("/confirm", confirm, needed).signed_in();
  log::LogOptions silent;
  silent.console = log::LogOptions::Console::none;
  log::Logger logger(silent, clock);
  web::App app({}, {&clock, &random, &logger}, &tokens, std::move(routes));
  web::TestClient client(app);

  const Uuid account = Uuid::make(clock, random);
  const auto use_new_session = [&] {
    client.use_bearer(tokens
                          .issue_access({.id = account,
                                         .session = Uuid::make(clock, random),
                                         .token_id = {},
                                         .email = {},
                                         .role = "user",
                                         .permissions = {},
                                         .expires_at = {}})
                          .token);
  };
  use_new_session();
  const auto status = [&](const std::string& password) {
    return client.post("/confirm", R"({"password": ")" + password + "\"}").status;
  };
  EXPECT_EQ(status("a long password"), 204);
  EXPECT_EQ(status("a wrong password"), 401);
  EXPECT_EQ(status("a wrong password"), 401);
  EXPECT_EQ(status("a long password"), 429);
  use_new_session();
  EXPECT_EQ(status("a long password"), 204);
}

}  // namespace
}  // namespace ashlar::backend
