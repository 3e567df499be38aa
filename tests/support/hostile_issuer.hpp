// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/keys.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/random.hpp"
#include "tests/support/scripted_server.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::test {

// What an issuer answers where it differs from what is right. Values of claims and of documents are JSON; an empty one
// removes the member.
struct IssuerAnswers {
  std::map<std::string, std::string> claims;     // of the ID token
  std::map<std::string, std::string> metadata;   // of the discovery document
  std::map<std::string, std::string> userinfo;   // all members of UserInfo
  std::map<std::string, std::string> callback;   // parameters, as text
  std::map<std::string, std::string> responses;  // whole HTTP responses by path
  std::string silent_path;                       // a request to it gets no answer until the client closes
  std::vector<auth::Key> published;              // in the JWKS; the first signs
  std::optional<auth::Key> signs_with;           // instead of the first one
  std::string header;                            // of the ID token
  std::optional<std::string> id_token;           // instead of one that is made
};

// An OpenID Connect provider on a local port that answers rightly unless its test says otherwise:
//
//   HostileIssuer issuer(clock);
//   issuer.change([](IssuerAnswers& answers) { answers.claims["aud"] = R"("another client")"; });
//
// It serves on threads of its own. The clock outlives it.
class HostileIssuer {
 public:
  explicit HostileIssuer(const Clock& clock);
  HostileIssuer(const HostileIssuer&) = delete;
  HostileIssuer& operator=(const HostileIssuer&) = delete;

  static constexpr const char* client_id = "our-client";
  static constexpr const char* client_secret = "our secret & more";
  static constexpr const char* redirect_uri = "http://localhost/api/auth/oauth/test/callback";

  template <class Change>
  void change(Change change) {
    const std::scoped_lock lock(mutex_);
    change(answers_);
  }
  [[nodiscard]] std::string url() const;  // the issuer
  [[nodiscard]] int requests(const std::string& path) const;
  [[nodiscard]] std::string last_request(const std::string& path) const;

  // What happens in the browser at the provider: the user signs in, and comes back with this query of the callback.
  std::string authorize(const std::string& authorization_url);

  [[nodiscard]] auth::Key new_key(auth::SignatureAlgorithm algorithm = auth::SignatureAlgorithm::es256);
  [[nodiscard]] static std::string sign(const auth::Key& key, const std::string& payload,
                                        const std::string& header = {});

 private:
  void serve(ServerPeer& peer);
  [[nodiscard]] std::string answer(const std::string& path, const std::string& request) const;
  [[nodiscard]] std::string discovery() const;
  [[nodiscard]] std::string token_response(const std::string& request) const;

  const Clock& clock_;
  SystemRandom random_;
  mutable std::mutex mutex_;  // of what follows
  IssuerAnswers answers_;
  std::map<std::string, std::string> nonces_;             // by code
  std::map<std::string, std::vector<std::string>> seen_;  // whole requests by path
  std::unique_ptr<ScriptedServer> server_;                // the last member: its threads use the others
};

}  // namespace ashlar::test
