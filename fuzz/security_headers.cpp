// SPDX-License-Identifier: Apache-2.0
// CORS, CSRF and a content security policy, by what a client sends and by what an operator writes. An origin that is
// not listed is never sent back and never trusted; a valid policy is one header line of the directives
// meant.
#include "ashlar/core/ip_address.hpp"
#include "ashlar/web/content_security_policy.hpp"
#include "ashlar/web/cors.hpp"
#include "ashlar/web/trusted_proxies.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace ashlar;

constexpr std::string_view listed = "https://shop.example";

void ask_from(std::string_view origin) {
  static const web::CorsPolicy policy(
      {.origins = {std::string(listed), "http://localhost:5173"}, .credentials = web::CorsOptions::Credentials::yes});
  const bool known = origin == listed || origin == "http://localhost:5173";
  if (policy.allows_credentials_of(origin) != known) fuzz::broken("only who is listed is trusted");
  http::ResponseHeaders answer, preflight;
  policy.add_to(origin, answer);
  const auto granted = policy.add_preflight_to(origin, "GET", preflight);
  if ((granted == web::CorsPolicy::Preflight::granted) != known) fuzz::broken("only who is listed may ask");
  for (const auto* headers : {&answer, &preflight}) {
    const auto allowed = headers->find("Access-Control-Allow-Origin");
    if (allowed.has_value() != known) fuzz::broken("only who is listed is allowed");
    if (allowed && *allowed != origin) fuzz::broken("who is allowed is who asked");
  }
  if (!answer.find("Vary")) fuzz::broken("Vary is missing");
}

void list(std::string_view origin) {
  const web::CorsOptions options{.origins = {std::string(origin)}};
  if (web::CorsPolicy::validate(options)) return;
  const web::CorsPolicy policy(options);
  http::ResponseHeaders answer;
  policy.add_to(origin, answer);
  const auto allowed = answer.find("Access-Control-Allow-Origin");
  if (!allowed || *allowed != origin) fuzz::broken("who is listed is allowed");
}

void make_policy(std::string_view source) {
  web::ContentSecurityPolicy policy = web::ContentSecurityPolicy::nothing();
  policy.script_src = {std::string(source), "https://a.example"};
  if (policy.validate()) return;
  const std::string text = policy.text();
  http::ResponseHeaders headers;
  headers.add(policy.header_name(), text);
  const std::string expected = "script-src " + std::string(source) + " https://a.example";
  if (!text.contains(expected)) fuzz::broken("the source is in its directive");
  web::ContentSecurityPolicy plain = policy;
  plain.script_src = {"https://a.example"};
  const std::string without = plain.text();
  if (std::ranges::count(text, ';') != std::ranges::count(without, ';')) fuzz::broken("a source begins no directive");
}

void come_through_proxy(std::string_view field) {
  using Fields = web::TrustedProxyOptions::Fields;
  static const auto forwarded = web::TrustedProxies::make({.networks = {"private"}, .fields = Fields::forwarded});
  static const auto x_forwarded = web::TrustedProxies::make({.networks = {"private"}, .fields = Fields::x_forwarded});
  http::Request request;
  request.authority = "a.example";
  request.peer_address = "10.0.0.1";
  for (const auto* name : {"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"})
    request.headers.add(name, field);
  for (const auto* proxies : {&*forwarded, &*x_forwarded}) {
    const web::ClientOrigin origin = proxies->origin_of(request);
    if (!IpAddress::parse(origin.address)) fuzz::broken("the client's address is one");
    if (origin.authority.empty() || origin.authority.find_first_of(" \r\n,;\"/") != origin.authority.npos)
      fuzz::broken("the client's host is one");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<char> exact(data, data + size);  // nothing behind it may be read
  const std::string_view text(exact.data(), exact.size());
  ask_from(text);
  list(text);
  make_policy(text);
  come_through_proxy(text);
  return 0;
}
