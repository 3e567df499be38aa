// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor.hpp"

#include <string>
#include <string_view>

namespace ashlar::cli {

namespace {

using backend::Settings;
using backend::Stage;

constexpr int bcrypt_cost_min = 10;

// Unsafe on a public server, and harmless on a developer's machine.
CheckState unsafe(const Settings& settings) {
  return settings.stage == Stage::production ? CheckState::finding : CheckState::note;
}

Check check_stage(const Settings& settings) {
  if (settings.stage != Stage::development || backend::is_loopback(settings.host))
    return {.name = "APP_ENV", .detail = std::string(backend::to_string(settings.stage)) + " on " + settings.host};
  return {.name = "APP_ENV",
          .state = CheckState::note,
          .detail = "development, and HOST " + settings.host + " can be reached from other machines",
          .advice = "HOST=127.0.0.1, or APP_ENV=production"};
}

Check check_metrics(const Settings& settings) {
  const std::string name = "METRICS_TOKEN";
  if (!settings.metrics_token.empty()) return {.name = name, .detail = "set"};
  if (settings.metrics_port && !backend::is_loopback(settings.host)) {
    return {.name = name,
            .state = unsafe(settings),
            .detail = "not set, and METRICS_PORT is open on " + settings.host,
            .advice = "set METRICS_TOKEN, or close the port to strangers"};
  }
  if (settings.metrics_port) return {.name = name, .detail = "not set; only this machine can reach METRICS_PORT"};
  const bool open = settings.stage != Stage::production;
  return {.name = name,
          .state = CheckState::note,
          .detail = open ? "not set: /metrics is open" : "not set: /metrics is not served"};
}

Check check_rate_limit(const Settings& settings) {
  if (settings.rate_limit_max != 0)
    return {.name = "RATE_LIMIT_MAX", .detail = std::to_string(settings.rate_limit_max) + " a minute"};
  return {.name = "RATE_LIMIT_MAX",
          .state = unsafe(settings),
          .detail = "0: no limit by address, not even for sign-ins",
          .advice = "remove it, unless a proxy limits requests instead"};
}

Check check_bcrypt_cost(const Settings& settings) {
  if (settings.password_hash == auth::PasswordScheme::argon2id)
    return {.name = "BCRYPT_COST", .detail = "not used: PASSWORD_HASH is argon2id"};
  const std::string cost = std::to_string(settings.bcrypt_cost);
  if (settings.bcrypt_cost >= bcrypt_cost_min) return {.name = "BCRYPT_COST", .detail = cost};
  return {.name = "BCRYPT_COST",
          .state = unsafe(settings),
          .detail = cost + ": a stolen hash is guessed quickly",
          .advice = "at least " + std::to_string(bcrypt_cost_min) + "; 12 is the default"};
}

// The parts of a URL that these checks need. Its driver has accepted the URL.
struct Place {
  std::string_view hosts;  // several, separated by commas; empty: a local socket
  std::string_view query;  // without its ?
};

Place place_of(std::string_view url) {
  Place out;
  if (const auto at = url.find("://"); at != url.npos) url.remove_prefix(at + 3);
  if (const auto question = url.find('?'); question != url.npos) {
    out.query = url.substr(question + 1);
    url = url.substr(0, question);
  }
  url = url.substr(0, url.find('/'));
  if (const auto at = url.rfind('@'); at != url.npos) url.remove_prefix(at + 1);
  out.hosts = url;
  return out;
}

std::string_view parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto part = query.substr(0, query.find('&'));
    if (part.starts_with(name) && part.substr(name.size()).starts_with('=')) return part.substr(name.size() + 1);
    query.remove_prefix(part.size() == query.size() ? part.size() : part.size() + 1);
  }
  return {};
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') == host.npos ? host.npos : host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

// Whether every host is this machine or a socket in its file system.
bool is_local(std::string_view hosts) {
  while (!hosts.empty()) {
    const auto host = hosts.substr(0, hosts.find(','));
    const auto name = without_port(host);
    const bool socket = name.empty() || name.starts_with('/') || name.starts_with("%2F") || name.starts_with("%2f");
    if (!socket && !backend::is_loopback(name)) return false;
    hosts.remove_prefix(host.size() == hosts.size() ? host.size() : host.size() + 1);
  }
  return true;
}

Check check_database_tls(const Settings& settings, const std::string& variable, std::string_view url) {
  const Place place = place_of(url);
  const std::string_view host = parameter(place.query, "host");
  if (is_local(place.hosts) && is_local(host)) return {.name = variable, .detail = "on this machine"};
  const std::string_view mode = parameter(place.query, "sslmode");
  if (mode == "verify-full" || mode == "verify-ca") return {.name = variable, .detail = "sslmode=" + std::string(mode)};
  return {.name = variable,
          .state = unsafe(settings),
          .detail = mode == "require" ? "sslmode=require: encrypted, but the server is not verified"
                    : mode.empty()    ? "on another machine without sslmode: TLS is not required"
                                      : "sslmode=" + std::string(mode) + ": TLS is not required",
          .advice = "?sslmode=verify-full, with sslrootcert for a private CA"};
}

Check check_redis_tls(const Settings& settings) {
  const std::string_view url = settings.redis->url;
  const bool encrypted = url.starts_with("rediss");
  if (encrypted) return {.name = "REDIS_URL", .detail = "TLS"};
  if (is_local(place_of(url).hosts)) return {.name = "REDIS_URL", .detail = "on this machine"};
  return {.name = "REDIS_URL",
          .state = unsafe(settings),
          .detail = "on another machine without TLS: anyone who can publish there can end sessions",
          .advice = "rediss://, or a private network"};
}

}  // namespace

std::vector<Check> check_settings(const Settings& settings) {
  std::vector<Check> out{check_stage(settings), check_metrics(settings), check_rate_limit(settings),
                         check_bcrypt_cost(settings)};
  if (!backend::sqlite_path(settings))
    out.push_back(check_database_tls(settings, "DATABASE_URL", settings.database_url));
  for (const std::string& url : settings.database_replica_urls)
    out.push_back(check_database_tls(settings, "DATABASE_REPLICA_URLS", url));
  if (settings.redis) out.push_back(check_redis_tls(settings));
  return out;
}

}  // namespace ashlar::cli
