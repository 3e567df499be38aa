// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/totp.hpp"
#include "tests/support/test_backend.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// A second factor of a test's person, and the requests that it takes part in.
namespace ashlar::test {

// An authenticator app: it knows the secret from the reply to mfa/setup.
class Authenticator {
 public:
  // `text` is base32.
  explicit Authenticator(std::string_view text) {
    unsigned bits = 0, value = 0;
    for (const char c : text) {
      const auto at = std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").find(c);
      if (at == std::string_view::npos) throw std::runtime_error("no base32: " + std::string(text));
      value = (value << 5 | static_cast<unsigned>(at)) & 0xFFFF;
      bits += 5;
      if (bits < 8) continue;
      bits -= 8;
      secret_ += static_cast<char>(value >> bits & 0xFF);
    }
  }
  [[nodiscard]] const std::string& secret() const { return secret_; }
  [[nodiscard]] std::string code(Timestamp now) const { return auth::totp_code(secret_, now); }
  // Six digits that are no code of the seven steps around `now`.
  [[nodiscard]] std::string wrong_code(Timestamp now) const {
    for (int guess = 0;; ++guess) {
      std::string text = std::to_string(1'000'000 + guess).substr(1);
      bool right = false;
      for (int step = -3; step <= 3; ++step) right |= code(now + std::chrono::seconds{30 * step}) == text;
      if (!right) return text;
    }
  }

 private:
  std::string secret_;
};

inline std::string code_body(const std::string& code) { return R"({"code": ")" + code + R"("})"; }
inline std::string verify_body(const std::string& mfa_token, const std::string& code) {
  return R"({"mfaToken": ")" + mfa_token + R"(", "code": ")" + code + R"("})";
}
inline std::string disable_body(const std::string& code, const std::string& password = TestBackend::password) {
  return R"({"password": ")" + password + R"(", "code": ")" + code + R"("})";
}

inline Authenticator set_up_mfa(TestBackend& backend, const Person& person) {
  const auto reply = backend.as(person, http::Method::post, "/api/auth/mfa/setup");
  if (reply.status != 200) throw std::runtime_error("mfa/setup failed: " + reply.body);
  return Authenticator(reply.at("/data/secret"));
}

struct SecondFactor {
  Authenticator app;
  std::vector<std::string> recovery_codes;
};

// The code of the moment is used up: the next one is of the next step.
inline SecondFactor enable_mfa(TestBackend& backend, const Person& person) {
  Authenticator app = set_up_mfa(backend, person);
  const auto reply =
      backend.as(person, http::Method::post, "/api/auth/mfa/enable", code_body(app.code(backend.clock().now())));
  if (reply.status != 200) throw std::runtime_error("mfa/enable failed: " + reply.body);
  SecondFactor out{.app = std::move(app), .recovery_codes = {}};
  for (int i = 0; reply.has("/data/recoveryCodes/" + std::to_string(i)); ++i)
    out.recovery_codes.push_back(reply.at("/data/recoveryCodes/" + std::to_string(i)));
  return out;
}

inline void next_step(TestBackend& backend) { backend.clock().advance(std::chrono::seconds{30}); }

inline web::TestReply login(TestBackend& backend, const std::string& email) {
  return backend.client().post("/api/auth/login",
                               R"({"email": ")" + email + R"(", "password": ")" + TestBackend::password + R"("})");
}
// The mfaToken of a sign-in that was begun.
inline std::string begin_sign_in(TestBackend& backend, const Person& person) {
  return login(backend, person.email).at("/data/mfaToken");
}
inline web::TestReply verify(TestBackend& backend, const std::string& mfa_token, const std::string& code) {
  return backend.client().post("/api/auth/mfa/verify", verify_body(mfa_token, code));
}

// "200", or the code of the error.
inline std::string outcome_of(const web::TestReply& reply) {
  return reply.status < 400 ? std::to_string(reply.status) : reply.at("/code");
}

}  // namespace ashlar::test
