// SPDX-License-Identifier: Apache-2.0
#include "backend/oauth/read_oauth_options.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/ip_address.hpp"
#include "ashlar/http/client/request_url.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ashlar::backend {

namespace {

constexpr std::string_view google = "google";
constexpr std::string_view google_issuer = "https://accounts.google.com";
constexpr std::string_view prefix = "OIDC_", issuer_suffix = "_ISSUER";
constexpr std::size_t providers_max = 32;
constexpr std::array<std::string_view, 4> parts = {"_ISSUER", "_CLIENT_ID", "_CLIENT_SECRET", "_REDIRECT_URI"};

bool is_this_machine(const http::Origin& origin) {
  if (origin.host == "localhost") return true;
  const std::array<std::string, 1> loopback{"loopback"};
  return origin.address && IpNetworks::parse(loopback)->contains(*origin.address);
}

// What is wrong with the URL; nullopt when nothing is.
std::optional<std::string> url_fault(std::string_view text, UrlSchemes urls) {
  const auto url = http::RequestUrl::parse(text);
  if (!url) return "expected an absolute URL: " + url.error().message();
  if (text.contains('#')) return "must have no fragment";
  if (url->origin().scheme == http::Scheme::http && urls == UrlSchemes::https && !is_this_machine(url->origin()))
    return "must be https";
  return std::nullopt;
}

struct ProviderVariables {
  std::string issuer;  // empty: it is not read
  std::string client_id;
  std::string client_secret;
  std::string redirect_uri;
};

const ProviderVariables google_variables{.issuer = {},
                                         .client_id = "GOOGLE_CLIENT_ID",
                                         .client_secret = "GOOGLE_CLIENT_SECRET",
                                         .redirect_uri = "GOOGLE_REDIRECT_URI"};

std::string read_url(config::Environment& env, const std::string& name, UrlSchemes urls) {
  std::string out = env.text(name, "", 2'048);
  if (out.empty()) {
    env.fault(name, "is needed where another variable of the provider is set");
  } else if (auto fault = url_fault(out, urls)) {
    env.fault(name, std::move(*fault));
  }
  return out;
}

oidc::ProviderOptions read_provider(config::Environment& env, std::string name, const ProviderVariables& variables,
                                    UrlSchemes urls) {
  oidc::ProviderOptions out;
  out.name = std::move(name);
  if (!variables.issuer.empty()) out.issuer = read_url(env, variables.issuer, urls);
  if (out.issuer.contains('?')) env.fault(variables.issuer, "must have no query");
  out.client_id = env.text(variables.client_id, "", 512);
  if (out.client_id.empty()) env.fault(variables.client_id, "is needed for the provider " + out.name);
  out.client_secret = env.secret(variables.client_secret, {.need = config::Need::required}).value_or("");
  out.redirect_uri = read_url(env, variables.redirect_uri, urls);
  return out;
}

bool is_any_set(const config::Environment& env, const ProviderVariables& variables) {
  return env.raw(variables.client_id) || env.raw(variables.client_secret) || env.raw(variables.redirect_uri);
}

// "my-company" of OIDC_MY_COMPANY_ISSUER; nullopt when the middle is no name.
std::optional<std::string> name_of(std::string_view variable, std::string_view suffix) {
  variable.remove_prefix(prefix.size());
  variable.remove_suffix(suffix.size());
  std::string out;
  for (const char c : variable) {
    if (!is_digit(c) && c != '_' && (c < 'A' || c > 'Z')) return std::nullopt;
    out += c == '_' ? '-' : ascii_lower(c);
  }
  if (out.empty() || out.size() > 64 || out.front() == '-' || out.back() == '-' || out.contains("--"))
    return std::nullopt;
  return out;
}

std::vector<std::string> stems(config::Environment& env) {
  std::vector<std::string> out;
  for (const std::string_view part : parts) {
    for (const std::string& variable : env.names(prefix, part)) {
      const std::string stem = variable.substr(0, variable.size() - part.size());
      if (std::ranges::find(out, stem) == out.end()) out.push_back(stem);
    }
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace

OauthOptions read_oauth_options(config::Environment& env, UrlSchemes urls) {
  OauthOptions out;
  if (is_any_set(env, google_variables)) {
    auto provider = read_provider(env, std::string(google), google_variables, urls);
    provider.issuer = google_issuer;
    out.providers.push_back(std::move(provider));
  }
  for (const std::string& stem : stems(env)) {
    const std::string issuer_variable = stem + std::string(issuer_suffix);
    const auto name = name_of(issuer_variable, issuer_suffix);
    if (!name) {
      env.fault(issuer_variable, "expected a name of A-Z, 0-9 and single _ between OIDC_ and _ISSUER");
      continue;
    }
    const bool taken = std::ranges::any_of(out.providers, [&](const auto& each) { return each.name == *name; });
    if (taken) env.fault(issuer_variable, "names the provider \"" + *name + "\" a second time");
    auto provider = read_provider(env, *name,
                                  {.issuer = issuer_variable,
                                   .client_id = stem + "_CLIENT_ID",
                                   .client_secret = stem + "_CLIENT_SECRET",
                                   .redirect_uri = stem + "_REDIRECT_URI"},
                                  urls);
    if (!taken) out.providers.push_back(std::move(provider));
  }
  if (out.providers.size() > providers_max)
    env.fault("OIDC_<NAME>_ISSUER", "at most " + std::to_string(providers_max) + " providers");
  out.return_urls = env.list("OAUTH_RETURN_URLS");
  for (const std::string& url : out.return_urls) {
    if (auto fault = url_fault(url, urls)) env.fault("OAUTH_RETURN_URLS", "\"" + url + "\" " + *fault);
  }
  return out;
}

}  // namespace ashlar::backend
