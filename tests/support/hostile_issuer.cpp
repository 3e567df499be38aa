// SPDX-License-Identifier: Apache-2.0
#include "tests/support/hostile_issuer.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/timestamp.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>

#include <span>
#include <stdexcept>

namespace ashlar::test {

namespace {

using Members = std::map<std::string, std::string>;

Members merged(Members right, const Members& over) {
  for (const auto& [name, value] : over) right[name] = value;
  return right;
}

std::string json_of(const Members& members) {
  std::string out = "{";
  for (const auto& [name, value] : members) {
    if (value.empty()) continue;
    if (out.size() > 1) out += ',';
    out += '"' + name + "\":" + value;
  }
  return out + '}';
}

std::string quoted(const std::string& text) { return '"' + text + '"'; }

std::string encoded(std::string_view bytes) { return to_base64url(std::as_bytes(std::span(bytes))); }

}  // namespace

HostileIssuer::HostileIssuer(const Clock& clock) : clock_(clock) {
  answers_.published = {new_key()};
  server_ = std::make_unique<ScriptedServer>([this](ServerPeer& peer) { serve(peer); });
}

std::string HostileIssuer::url() const { return "http://" + server_->authority(); }

auth::Key HostileIssuer::new_key(auth::SignatureAlgorithm algorithm) { return auth::Key::generate(algorithm, random_); }

int HostileIssuer::requests(const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  const auto found = seen_.find(path);
  return found == seen_.end() ? 0 : static_cast<int>(found->second.size());
}

std::string HostileIssuer::last_request(const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  return seen_.at(path).back();
}

std::string HostileIssuer::authorize(const std::string& authorization_url) {
  const auto url = boost::urls::parse_uri(authorization_url);
  if (!url) throw std::runtime_error("no URL: " + authorization_url);
  const auto parameters = url->params();
  const auto get = [&](const char* name) {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string() : std::string((*found).value);
  };
  const std::scoped_lock lock(mutex_);
  const std::string code = "code-" + std::to_string(nonces_.size() + 1);
  nonces_[code] = get("nonce");
  boost::urls::url out;
  const Members right = {{"code", code}, {"state", get("state")}, {"iss", this->url()}};
  for (const auto& [name, value] : merged(right, answers_.callback)) {
    if (!value.empty()) out.params().append({name, value});
  }
  return std::string(out.encoded_query());
}

std::string HostileIssuer::sign(const auth::Key& key, const std::string& payload, const std::string& header) {
  const std::string right = R"({"alg":")" + std::string(name_of(key.algorithm())) + R"(","kid":")" + key.id() + "\"}";
  const std::string text = encoded(header.empty() ? right : header) + '.' + encoded(payload);
  return text + '.' + encoded(key.sign(text));
}

void HostileIssuer::serve(ServerPeer& peer) {
  while (const auto request = peer.read_request()) {
    const std::size_t begin = request->find(' ') + 1;
    const std::string path = request->substr(begin, request->find(' ', begin) - begin);
    std::string reply;
    {
      const std::scoped_lock lock(mutex_);
      seen_[path].push_back(*request);
      if (path != answers_.silent_path) reply = answer(path, *request);
    }
    if (reply.empty()) return peer.wait_for_close();
    if (!peer.write(reply)) return;
  }
}

std::string HostileIssuer::answer(const std::string& path, const std::string& request) const {
  if (const auto other = answers_.responses.find(path); other != answers_.responses.end()) return other->second;
  if (path == "/.well-known/openid-configuration") return response_with(discovery());
  if (path == "/jwks") {
    std::vector<auth::KeySetEntry> entries;
    for (const auth::Key& key : answers_.published)
      entries.push_back({.key = key, .signs_from = {}, .verifies_until = {}});
    return response_with(auth::KeySet(std::move(entries)).jwks(clock_.now()));
  }
  if (path == "/token" && request.starts_with("POST")) return response_with(token_response(request));
  if (path == "/userinfo") return response_with(json_of(answers_.userinfo));
  return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
}

std::string HostileIssuer::discovery() const {
  const std::string at = url();
  return json_of(merged({{"issuer", quoted(at)},
                         {"authorization_endpoint", quoted(at + "/authorize")},
                         {"token_endpoint", quoted(at + "/token")},
                         {"jwks_uri", quoted(at + "/jwks")},
                         {"userinfo_endpoint", quoted(at + "/userinfo")},
                         {"authorization_response_iss_parameter_supported", "true"},
                         {"code_challenge_methods_supported", R"(["S256"])"}},
                        answers_.metadata));
}

std::string HostileIssuer::token_response(const std::string& request) const {
  const std::size_t code = request.find("&code=") + 6;
  const auto nonce = nonces_.find(request.substr(code, request.find('&', code) - code));
  const std::int64_t now = clock_.now().seconds();
  const std::string payload = json_of(merged({{"iss", quoted(url())},
                                              {"sub", quoted("subject-1")},
                                              {"aud", quoted(client_id)},
                                              {"exp", std::to_string(now + 300)},
                                              {"iat", std::to_string(now)},
                                              {"nonce", quoted(nonce == nonces_.end() ? std::string() : nonce->second)},
                                              {"email", quoted("ada@example.com")},
                                              {"email_verified", "true"},
                                              {"name", quoted("Ada Lovelace")}},
                                             answers_.claims));
  const auth::Key& key = answers_.signs_with ? *answers_.signs_with : answers_.published.front();
  return json_of({{"token_type", quoted("Bearer")},
                  {"access_token", quoted("the-access-token")},
                  {"id_token", quoted(answers_.id_token ? *answers_.id_token : sign(key, payload, answers_.header))}});
}

}  // namespace ashlar::test
