// SPDX-License-Identifier: Apache-2.0
#include "backend/passkeys/passkey_settings.hpp"

#include "ashlar/schema/constraints.hpp"
#include "ashlar/web/cors.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace ashlar::backend {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view android_origin = "android:apk-key-hash:";  // of a native app, without a host

bool is_domain(std::string_view text) {
  return !text.empty() && text.size() <= 253 && text.front() != '.' && text.back() != '.' &&
         std::ranges::all_of(
             text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
}

// "https://www.example.org:8443" -> "www.example.org"
std::string host_of(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  const std::string_view rest = scheme == origin.npos ? origin : origin.substr(scheme + 3);
  return std::string(rest.substr(0, rest.find_first_of(":/")));
}

std::string origin_of(std::string_view url) { return std::string(url.substr(0, url.find('/', url.find("://") + 3))); }

// WebAuthn section 5.1.3: the RP ID is the origin's host or a parent domain of it, and the page is a secure context.
std::string fault_of(const std::string& origin, const std::string& id) {
  if (origin.starts_with(android_origin)) return {};
  if (auto wrong = web::CorsPolicy::validate({.origins = {origin}}); wrong || origin == "*")
    return wrong.value_or("* is no origin of a passkey");
  const std::string host = host_of(origin);
  if (host != id && !host.ends_with("." + id)) return origin + " is neither " + id + " nor below it";
  if (!origin.starts_with("https://") && host != "localhost" && !host.ends_with(".localhost"))
    return origin + " is not https: browsers have passkeys in secure contexts alone";
  return {};
}

}  // namespace

PasskeyOptions read_passkey_options(config::Environment& env, PasskeyDefaults defaults) {
  using UserVerification = auth::RelyingPartyOptions::UserVerification;
  PasskeyOptions out;
  std::string url;  // a faulty one is reported by read_mail()
  if (const auto given = env.raw("PUBLIC_URL"); given && Url::parse(*given)) url = *given;
  // Port 0 is any free one: no page can be named.
  if (url.empty() && defaults.place == PasskeyDefaults::Place::localhost && defaults.port != 0)
    url = "http://localhost:" + std::to_string(defaults.port);

  auth::RelyingPartyOptions& party = out.relying_party;
  party.id = env.text("WEBAUTHN_RP_ID", url.empty() ? std::string{} : host_of(url), 253);
  party.origins = env.list("WEBAUTHN_ORIGINS");
  if (!party.origins.empty() && party.id.empty())
    env.fault("WEBAUTHN_RP_ID", "is needed where WEBAUTHN_ORIGINS is set");
  if (party.origins.empty() && !party.id.empty())
    party.origins = {env.raw("WEBAUTHN_RP_ID") && url.empty() ? "https://" + party.id : origin_of(url)};
  if (!party.id.empty() && !is_domain(party.id)) {
    env.fault("WEBAUTHN_RP_ID", "expected a domain, as example.org");
  } else if (!party.id.empty()) {
    for (const std::string& origin : party.origins)
      if (auto wrong = fault_of(origin, party.id); !wrong.empty()) env.fault("WEBAUTHN_ORIGINS", std::move(wrong));
  }
  static constexpr std::array<std::string_view, 2> verifications{"preferred", "required"};
  if (env.one_of("WEBAUTHN_USER_VERIFICATION", "preferred", verifications) == "required")
    party.user_verification = UserVerification::required;
  out.relying_party_name = env.text("WEBAUTHN_RP_NAME", out.relying_party_name, 64);
  out.challenge_time_max = env.duration("WEBAUTHN_CHALLENGE_TIME_MAX", out.challenge_time_max, 10s, 1h);
  static constexpr std::array<std::string_view, 2> counters{"refuse", "log"};
  if (env.one_of("WEBAUTHN_LOW_COUNTER", "refuse", counters) == "log")
    out.low_counter = PasskeyOptions::LowCounter::log;
  out.per_user_max = static_cast<std::uint32_t>(env.integer("PASSKEYS_PER_USER_MAX", 20, 1, 100));
  return out;
}

}  // namespace ashlar::backend
