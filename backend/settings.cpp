// SPDX-License-Identifier: Apache-2.0
#include "backend/settings.hpp"

#include "ashlar/auth/password_policy.hpp"
#include "ashlar/config/secret_strength.hpp"
#include "ashlar/core/ip_address.hpp"
#include "backend/oauth/read_oauth_options.hpp"
#include "backend/passkeys/passkey_settings.hpp"

#include <algorithm>
#include <array>

namespace ashlar::backend {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";
constexpr std::size_t secret_bytes_min = 32;
constexpr std::size_t secret_key_bytes_min = 45;  // an id, a colon and 43 characters

Stage read_stage(config::Environment& env) {
  static constexpr std::array<std::string_view, 3> stages{"development", "production", "test"};
  const std::string name = env.one_of("APP_ENV", "development", stages);
  if (name == "production") return Stage::production;
  return name == "test" ? Stage::test : Stage::development;
}

void read_tls(config::Environment& env, Settings& settings) {
  http::TlsOptions tls;
  tls.certificate_chain_file = env.text("TLS_CERT_FILE", "");
  tls.private_key_file = env.text("TLS_KEY_FILE", "");
  tls.client_ca_file = env.text("TLS_CLIENT_CA_FILE", "");
  static constexpr std::array<std::string_view, 2> demands{"required", "optional"};
  const bool demanded = env.raw("TLS_CLIENT_CERT").has_value();
  if (env.one_of("TLS_CLIENT_CERT", "required", demands) == "optional")
    tls.client_certificate = http::TlsOptions::ClientCertificate::optional;
  static constexpr std::array<std::string_view, 2> versions{"1.2", "1.3"};
  if (env.one_of("TLS_VERSION_MIN", "1.2", versions) == "1.3") tls.version_min = http::TlsOptions::Version::tls_1_3;

  const auto needs = [&](std::string_view name, const std::string& file, std::string_view because) {
    if (file.empty()) env.fault(std::string(name), "is needed where " + std::string(because) + " is set");
  };
  if (!tls.private_key_file.empty()) needs("TLS_CERT_FILE", tls.certificate_chain_file, "TLS_KEY_FILE");
  if (!tls.certificate_chain_file.empty()) needs("TLS_KEY_FILE", tls.private_key_file, "TLS_CERT_FILE");
  if (!tls.client_ca_file.empty() && tls.private_key_file.empty())
    needs("TLS_CERT_FILE", tls.certificate_chain_file, "TLS_CLIENT_CA_FILE");
  // An operator who sets it expects that clients are asked for a certificate.
  if (demanded) needs("TLS_CLIENT_CA_FILE", tls.client_ca_file, "TLS_CLIENT_CERT");
  if (!tls.certificate_chain_file.empty() && !tls.private_key_file.empty()) settings.tls = std::move(tls);
}

std::string read_database_url(config::Environment& env) {
  const std::string url = env.text("DATABASE_URL", "sqlite:data/ashlar.db");
  if (const auto known = sql::check_database_url(url); !known) env.fault("DATABASE_URL", known.error().message());
  return url;
}

void read_pooler(config::Environment& env, Settings& settings) {
  sql::postgres::Options& postgres = settings.database.postgres;
  static constexpr std::array<std::string_view, 2> poolers{"none", "transaction"};
  if (env.one_of("DATABASE_POOLER", "none", poolers) == "transaction")
    postgres.pooler = sql::postgres::Pooler::transaction;
  postgres.direct_url = env.text("DATABASE_DIRECT_URL", "");
  if (!postgres.direct_url.empty()) {
    if (const auto known = sql::check_database_url(postgres.direct_url); !known)
      env.fault("DATABASE_DIRECT_URL", known.error().message());
  }
  if (postgres.pooler == sql::postgres::Pooler::none) return;
  if (settings.database_url.starts_with(sqlite_scheme))
    return env.fault("DATABASE_POOLER", "is for PostgreSQL, and DATABASE_URL names SQLite");
  if (postgres.direct_url.empty())
    env.fault("DATABASE_DIRECT_URL", "is needed where DATABASE_POOLER is set: migrations need a session of their own");
}

void read_replicas(config::Environment& env, Settings& settings) {
  settings.database_replica_urls = env.list("DATABASE_REPLICA_URLS");
  settings.database_replica_lag_max =
      env.duration("DATABASE_REPLICA_LAG_MAX", settings.database_replica_lag_max, 100ms, 1min);
  if (settings.database_replica_urls.empty()) return;
  if (settings.database_url.starts_with(sqlite_scheme))
    return env.fault("DATABASE_REPLICA_URLS", "is for PostgreSQL, and DATABASE_URL names SQLite");
  for (const auto& url : settings.database_replica_urls) {
    if (const auto known = sql::check_database_url(url); !known || url.starts_with(sqlite_scheme))
      return env.fault("DATABASE_REPLICA_URLS", "expected postgresql://USER:PASSWORD@HOST:PORT/NAME, one host in each");
  }
}

// What both drivers have goes to both; the rest is for a server.
void read_database(config::Environment& env, Settings& settings) {
  sql::sqlite::Options& sqlite = settings.database.sqlite;
  sql::postgres::Options& postgres = settings.database.postgres;
  settings.database_url = read_database_url(env);
  const auto count = [&](std::string_view name, std::size_t& option, std::int64_t max) {
    option = static_cast<std::size_t>(env.integer(name, static_cast<std::int64_t>(option), 1, max));
  };
  const auto time = [&](std::string_view name, std::chrono::milliseconds& option, std::chrono::milliseconds max) {
    option = env.duration(name, option, 1ms, max);
  };
  count("DATABASE_QUEUE_MAX", postgres.queue_max, 1'000'000);
  sqlite.queue_max = postgres.queue_max;
  time("DATABASE_STATEMENT_TIME_MAX", postgres.statement_time_max, 1h);
  sqlite.statement_time_max = postgres.statement_time_max;
  time("DATABASE_TRANSACTION_TIME_MAX", postgres.transaction_time_max, 1h);
  sqlite.transaction_time_max = postgres.transaction_time_max;
  const auto wait_of_server = postgres.acquire_time_max;
  time("DATABASE_WAIT_TIME_MAX", postgres.acquire_time_max, 1min);
  if (postgres.acquire_time_max != wait_of_server) sqlite.queue_time_max = postgres.acquire_time_max;

  count("DATABASE_READ_CONNECTIONS_PER_LOOP", postgres.connections_per_loop, 100);
  count("DATABASE_WRITE_CONNECTIONS_PER_LOOP", postgres.write_connections_per_loop, 100);
  count("DATABASE_TRANSACTIONS_PER_LOOP", postgres.transactions_per_loop, 100);
  count("DATABASE_PIPELINE_MAX", postgres.pipeline_max, 1000);
  postgres.connect_time_max = env.duration("DATABASE_CONNECT_TIME_MAX", postgres.connect_time_max, 2s, 1min);
  static constexpr std::array<std::string_view, 3> levels{"read-committed", "repeatable-read", "serializable"};
  const auto level = env.one_of("DATABASE_ISOLATION", "read-committed", levels);
  if (level == "repeatable-read") postgres.isolation = sql::postgres::Isolation::repeatable_read;
  if (level == "serializable") postgres.isolation = sql::postgres::Isolation::serializable;
  read_pooler(env, settings);
  read_replicas(env, settings);
}

void read_redis(config::Environment& env, Settings& settings) {
  redis::ClientOptions redis;
  redis.url = env.text("REDIS_URL", "");
  redis.ca_file = env.text("REDIS_CA_FILE", "");
  redis.sentinel_user = env.text("REDIS_SENTINEL_USER", "");
  redis.sentinel_password = env.secret("REDIS_SENTINEL_PASSWORD", {}).value_or("");
  redis.command_time_max = env.duration("REDIS_COMMAND_TIME_MAX", redis.command_time_max, 1ms, 10s);
  redis.connect_time_max = env.duration("REDIS_CONNECT_TIME_MAX", redis.connect_time_max, 10ms, 60s);
  redis.in_flight_max = static_cast<std::size_t>(env.integer("REDIS_IN_FLIGHT_MAX", 4'096, 1, 1'000'000));
  settings.redis_key_prefix = env.text("REDIS_KEY_PREFIX", settings.redis_key_prefix, 64);
  if (redis.url.empty()) {
    if (!redis.ca_file.empty()) env.fault("REDIS_URL", "is needed where REDIS_CA_FILE is set");
    if (!redis.sentinel_password.empty()) env.fault("REDIS_URL", "is needed where REDIS_SENTINEL_PASSWORD is set");
    return;
  }
  if (const auto known = redis::check_url(redis.url); !known) return env.fault("REDIS_URL", known.error().message());
  if (!redis.ca_file.empty() && !redis.url.starts_with("rediss"))
    env.fault("REDIS_CA_FILE", "is for rediss://, and REDIS_URL is redis://");
  const bool asks_sentinels = redis.url.starts_with("redis+sentinel:") || redis.url.starts_with("rediss+sentinel:");
  if (!asks_sentinels && !redis.sentinel_password.empty())
    env.fault("REDIS_SENTINEL_PASSWORD", "is for redis+sentinel:// and rediss+sentinel://");
  if (redis.sentinel_password.empty() && !redis.sentinel_user.empty())
    env.fault("REDIS_SENTINEL_PASSWORD", "is needed where REDIS_SENTINEL_USER is set");
  settings.redis = std::move(redis);
}

// A secret that production refuses when it is weak.
std::string read_secret(config::Environment& env, const Settings& settings, std::string_view name,
                        config::Environment::SecretRule rule) {
  auto secret = env.secret(name, rule);
  if (!secret) return {};
  if (settings.stage == Stage::production) {
    if (auto weakness = config::secret_weakness(*secret, rule.bytes_min))
      env.fault(std::string(name), std::move(*weakness));
  }
  return std::move(*secret);
}

void read_tokens(config::Environment& env, Settings& settings) {
  const auto need = settings.stage == Stage::production ? config::Need::required : config::Need::optional;
  const config::Environment::SecretRule rule{.bytes_min = secret_bytes_min, .need = need};
  static constexpr std::array<std::string_view, 4> algorithms{"HS256", "RS256", "ES256", "EdDSA"};
  settings.jwt_algorithm =
      auth::parse_algorithm(env.one_of("JWT_ALGORITHM", "HS256", algorithms)).value_or(auth::SignatureAlgorithm::hs256);
  auth::TokenOptions& tokens = settings.tokens;
  auto rule_of_access = rule;
  if (settings.jwt_algorithm != auth::SignatureAlgorithm::hs256) rule_of_access.need = config::Need::optional;
  tokens.access_secret = read_secret(env, settings, "JWT_SECRET", rule_of_access);
  tokens.refresh_secret = read_secret(env, settings, "JWT_REFRESH_SECRET", rule);
  if (!tokens.access_secret.empty() && tokens.access_secret == tokens.refresh_secret) {
    env.fault("JWT_REFRESH_SECRET", "must be another secret than JWT_SECRET");
  }
  const auto seconds = [&](std::string_view name, std::chrono::seconds fallback, std::chrono::milliseconds max) {
    return std::chrono::duration_cast<std::chrono::seconds>(env.duration(name, fallback, 1s, max));
  };
  tokens.access_lifetime = seconds("JWT_EXPIRES_IN", 15min, 24h);
  tokens.refresh_lifetime = seconds("JWT_REFRESH_EXPIRES_IN", 7 * 24h, 365 * 24h);
  if (tokens.refresh_lifetime < tokens.access_lifetime) {
    env.fault("JWT_REFRESH_EXPIRES_IN", "must not be shorter than JWT_EXPIRES_IN");
  }
  tokens.issuer = env.text("JWT_ISSUER", tokens.issuer, 200);
  tokens.audience = env.text("JWT_AUDIENCE", tokens.audience, 200);
}

// "id:key,id:key". A fault never shows a key.
void read_secret_keys(config::Environment& env, Settings& settings) {
  const std::string name = "SECRET_KEYS";
  const auto need = settings.stage == Stage::production ? config::Need::required : config::Need::optional;
  if (!env.secret(name, {.bytes_min = secret_key_bytes_min, .need = need})) return;
  for (const std::string& text : env.list(name)) {
    auto key = auth::SecretBoxKey::parse(text);
    if (!key)
      return env.fault(name, "expected ID:KEY, several separated by commas, each key of 43 characters of base64url");
    const auto has_its_id = [&](const auth::SecretBoxKey& other) { return other.id == key->id; };
    if (std::ranges::any_of(settings.secret_keys, has_its_id))
      return env.fault(name, "has two keys with the id " + key->id);
    if (settings.stage == Stage::production) {
      if (auto weakness = config::secret_weakness(text.substr(text.find(':') + 1), secret_bytes_min))
        return env.fault(name, std::move(*weakness));
    }
    settings.secret_keys.push_back(std::move(*key));
  }
}

void read_second_factors(config::Environment& env, Settings& settings) {
  SecondFactorOptions& options = settings.second_factors;
  options.issuer = env.text("MFA_ISSUER", options.issuer, 64);
  options.token_lifetime = env.duration("MFA_TOKEN_EXPIRES_IN", options.token_lifetime, 10s, 1h);
  const auto count = [&](std::string_view name, std::uint32_t& option, std::int64_t max) {
    option = static_cast<std::uint32_t>(env.integer(name, option, 1, max));
  };
  count("MFA_WRONG_CODES_PER_TOKEN_MAX", options.wrong_codes_per_token_max, 100);
  count("MFA_WRONG_CODES_PER_DAY_MAX", options.wrong_codes_per_day_max, 10'000);
}

void read_jobs(config::Environment& env, Settings& settings) {
  static constexpr std::array<std::string_view, 2> on_off{"on", "off"};
  using Worker = Settings::JobWorker;
  settings.job_worker = env.one_of("JOB_WORKER", "on", on_off) == "on" ? Worker::on : Worker::off;
  settings.job_concurrency = static_cast<std::size_t>(env.integer("JOB_CONCURRENCY", 32, 1, 10'000));
  settings.job_queues = env.list("JOB_QUEUES");
}

void read_passwords(config::Environment& env, Settings& settings) {
  static constexpr std::array<std::string_view, 2> schemes{"bcrypt", "argon2id"};
  if (env.one_of("PASSWORD_HASH", "bcrypt", schemes) == "argon2id")
    settings.password_hash = auth::PasswordScheme::argon2id;
  settings.bcrypt_cost = static_cast<int>(env.integer("BCRYPT_COST", 12, 4, 16));
  settings.password_guess_bits_min = static_cast<double>(env.integer("PASSWORD_GUESS_BITS_MIN", 0, 0, 60));
  settings.password_breach_url = env.text("PASSWORD_BREACH_URL", "", 2048);
  if (!settings.password_breach_url.empty() && !Url::parse(settings.password_breach_url))
    env.fault("PASSWORD_BREACH_URL", "expected an http or https URL");
  settings.hashing_wait_max = env.duration("HASHING_WAIT_MAX", settings.hashing_wait_max, 0ms, 1min);
  settings.hashing_wait_max_known_device =
      env.duration("HASHING_WAIT_MAX_KNOWN_DEVICE", settings.hashing_wait_max_known_device, 0ms, 1min);
  const auto failures = [&](std::string_view name, std::uint32_t& option) {
    option = static_cast<std::uint32_t>(env.integer(name, option, 2, 1'000'000));
  };
  failures("SIGN_IN_FAILURES_PER_ACCOUNT_MAX", settings.guessing.failures_per_account_max);
  failures("SIGN_IN_FAILURES_PER_DEVICE_MAX", settings.guessing.failures_per_device_max);
  settings.device_lifetime = std::chrono::duration_cast<std::chrono::seconds>(
      env.duration("DEVICE_LIFETIME", settings.device_lifetime, 1h, 400 * 24h));
}

void read_sessions(config::Environment& env, Settings& settings) {
  SessionOptions& sessions = settings.sessions;
  SessionLimits& limits = sessions.limits;
  const auth::TokenOptions& tokens = settings.tokens;
  constexpr std::chrono::milliseconds lifetime_max = 3650 * 24h;
  sessions.per_user_max = static_cast<std::uint32_t>(env.integer("SESSIONS_PER_USER_MAX", 50, 1, 10'000));
  limits.idle_max = env.duration("SESSION_IDLE_MAX", tokens.refresh_lifetime, 1s, 365 * 24h);
  limits.lifetime_max =
      env.duration("SESSION_LIFETIME_MAX", std::max<std::chrono::milliseconds>(limits.lifetime_max, limits.idle_max),
                   1s, lifetime_max);
  limits.refresh_replay_window = env.duration("REFRESH_REPLAY_WINDOW", limits.refresh_replay_window, 0ms, 60s);
  if (env.raw("SESSION_IDLE_MAX") && limits.idle_max < tokens.access_lifetime)
    env.fault("SESSION_IDLE_MAX", "must not be shorter than JWT_EXPIRES_IN");
  if (limits.lifetime_max < tokens.access_lifetime)
    env.fault("SESSION_LIFETIME_MAX", "must not be shorter than JWT_EXPIRES_IN");
}

void read_first_admin(config::Environment& env, Settings& settings) {
  const std::string email = env.text("ADMIN_EMAIL", "", 254);
  const std::size_t faults_before = env.faults().size();
  const std::string password = read_secret(env, settings, "ADMIN_PASSWORD", {.bytes_min = 8});
  const bool refused = env.faults().size() > faults_before;
  if (email.empty() && password.empty()) return;
  if (email.empty()) return env.fault("ADMIN_EMAIL", "is needed where ADMIN_PASSWORD is set");
  const auto parsed_email = Email::parse(email);
  if (!parsed_email) env.fault("ADMIN_EMAIL", "expected an e-mail address, found \"" + email + "\"");
  if (password.empty()) {
    // A password that is set but too short was noted by secret() already.
    if (!env.raw("ADMIN_PASSWORD")) env.fault("ADMIN_PASSWORD", "is needed where ADMIN_EMAIL is set");
    return;
  }
  const auto parsed_password = Password::parse(password);
  if (!parsed_password) return env.fault("ADMIN_PASSWORD", "expected 8 to 128 characters");
  const auth::PasswordPolicy policy({.guess_bits_min = settings.password_guess_bits_min});
  if (const auto wrong = policy.check(password, {email, "ashlar"}); wrong && !refused)
    env.fault("ADMIN_PASSWORD", wrong->message);
  if (parsed_email && parsed_password) settings.first_admin = FirstAdmin{*parsed_email, *parsed_password};
}

void read_trusted_proxies(config::Environment& env, Settings& settings) {
  web::TrustedProxyOptions& proxies = settings.trusted_proxies;
  proxies.networks = env.list("TRUSTED_PROXIES");
  static constexpr std::array<std::string_view, 2> fields{"x-forwarded", "forwarded"};
  if (env.one_of("TRUSTED_PROXY_FIELDS", "x-forwarded", fields) == "forwarded")
    proxies.fields = web::TrustedProxyOptions::Fields::forwarded;
  if (const auto made = web::TrustedProxies::make(proxies); !made) env.fault("TRUSTED_PROXIES", made.error().message());
  settings.proxy_protocol = env.list("PROXY_PROTOCOL");
  if (const auto parsed = IpNetworks::parse(settings.proxy_protocol); !parsed)
    env.fault("PROXY_PROTOCOL", parsed.error().message());
}

// All clients of a trusted proxy have its address, so there is no limit by default.
void read_limits_per_address(config::Environment& env, Settings& settings) {
  const auto limit = [&](std::string_view name, std::size_t& option) {
    const std::size_t fallback = settings.trusted_proxies.networks.empty() ? option : 0;
    option = static_cast<std::size_t>(env.integer(name, static_cast<std::int64_t>(fallback), 0, 1'000'000));
  };
  limit("CONNECTIONS_PER_ADDRESS_MAX", settings.connections_per_address_max);
  limit("AWAITED_BODIES_PER_ADDRESS_MAX", settings.awaited_bodies_per_address_max);
}

// Cookies carry sessions, so the sites that are named may send them; "*" may not.
void read_cors(config::Environment& env, Settings& settings) {
  const bool other_name = !env.raw("CORS_ORIGINS") && env.raw("ALLOWED_ORIGINS");
  if (env.raw("CORS_ORIGINS") && env.raw("ALLOWED_ORIGINS"))
    env.fault("ALLOWED_ORIGINS", "is another name of CORS_ORIGINS; set one of the two");
  const std::string_view name = other_name ? "ALLOWED_ORIGINS" : "CORS_ORIGINS";
  web::CorsOptions& cors = settings.cors;
  cors.origins = env.list(name);
  if (cors.origins != std::vector<std::string>{"*"}) cors.credentials = web::CorsOptions::Credentials::yes;
  if (auto wrong = web::CorsPolicy::validate(cors)) env.fault(std::string(name), std::move(*wrong));
}

void read_log(config::Environment& env, Settings& settings) {
  static constexpr std::array<std::string_view, 7> levels{"trace", "debug", "info", "warn", "error", "fatal", "off"};
  const std::string fallback = settings.stage == Stage::test ? "warn" : "info";
  settings.log.level = log::level_of(env.one_of("LOG_LEVEL", fallback, levels)).value_or(log::Level::info);
  settings.access_log_one_in = static_cast<std::uint32_t>(env.integer("ACCESS_LOG_ONE_IN", 1, 1, 1'000'000));
  settings.access_log_slow = env.duration("ACCESS_LOG_SLOW", 1s, 0ms, 1h);
  settings.log.file = env.text("LOG_FILE", "");
  settings.log.error_file = env.text("LOG_ERROR_FILE", "");
  settings.log.file_bytes_max =
      static_cast<std::size_t>(env.integer("LOG_FILE_BYTES_MAX", 64 * 1024 * 1024, 64 * 1024, std::int64_t{1} << 40));
  settings.log.files_kept_max = static_cast<std::size_t>(env.integer("LOG_FILES_KEPT_MAX", 5, 1, 1000));
}

void read_what_is_served(config::Environment& env, Settings& out) {
  static constexpr std::array<std::string_view, 2> on_off{"on", "off"};
  static constexpr std::array<std::string_view, 3> on_off_only{"on", "off", "only"};
  const auto http2 = env.one_of("HTTP2", "on", on_off_only);
  if (http2 == "off") out.protocols = http::Protocols::http1;
  if (http2 == "only") out.protocols = http::Protocols::http2;
  if (env.one_of("COMPRESSION", "on", on_off) == "off") out.compression = Settings::Compression::off;
  if (env.one_of("GRPC", "on", on_off) == "off") out.grpc = Settings::Grpc::off;
  if (env.one_of("MCP", "on", on_off) == "off") out.mcp = Settings::Mcp::off;
  if (env.one_of("GRAPHQL", "on", on_off) == "off") out.graphql = Settings::Graphql::off;
  if (env.one_of("GRAPHQL_INTROSPECTION", out.stage == Stage::production ? "off" : "on", on_off) == "on")
    out.graphql_introspection = Settings::GraphqlIntrospection::on;
  out.metrics_token = read_secret(env, out, "METRICS_TOKEN", {.bytes_min = 16});
  if (const auto port = env.port("METRICS_PORT", 0); env.raw("METRICS_PORT")) out.metrics_port = port;
  static constexpr std::array<std::string_view, 2> public_off{"public", "off"};
  if (env.one_of("OPENAPI", out.stage == Stage::production ? "off" : "public", public_off) == "off")
    out.openapi = Settings::Openapi::off;
}

}  // namespace

std::string_view to_string(Stage stage) {
  switch (stage) {
    case Stage::development:
      return "development";
    case Stage::production:
      return "production";
    case Stage::test:
      return "test";
  }
  return "development";
}

Settings read_settings(config::Environment& env) {
  Settings out;
  out.stage = read_stage(env);
  out.host = env.text("HOST", "0.0.0.0", 64);
  if (out.host == "localhost") out.host = "127.0.0.1";
  out.port = env.port("PORT", 3000);
  out.loops = static_cast<std::size_t>(env.integer("LOOPS", 0, 0, 256));
  out.drain_delay = env.duration("DRAIN_DELAY", 0ms, 0ms, 60s);
  out.stop_time_max = env.duration("STOP_TIME_MAX", 10s, 0ms, 10min);
  read_tls(env, out);
  read_database(env, out);
  static constexpr std::array<std::string_view, 2> yes_no{"yes", "no"};
  if (env.one_of("MIGRATE_ON_START", out.stage == Stage::production ? "no" : "yes", yes_no) == "no") {
    out.migrate_on_start = MigrateOnStart::no;
  }
  read_redis(env, out);
  out.cache_ttl = env.duration("CACHE_TTL", out.cache_ttl, 0ms, 1h);
  out.cache_bytes_max =
      static_cast<std::size_t>(env.integer("CACHE_BYTES_MAX", 64 * 1024 * 1024, 1024 * 1024, std::int64_t{1} << 40));
  read_tokens(env, out);
  read_secret_keys(env, out);
  read_second_factors(env, out);
  out.revocation_delay_max = env.duration("REVOCATION_DELAY_MAX", 2s, 100ms, 1min);
  read_sessions(env, out);
  out.authority_accounts_max = static_cast<std::size_t>(env.integer("AUTHORITY_ACCOUNTS_MAX", 100'000, 64, 10'000'000));
  out.grants_per_user_max = static_cast<std::uint32_t>(env.integer("GRANTS_PER_USER_MAX", 200, 1, 1'000));
  out.api_keys_per_user_max = static_cast<std::uint32_t>(env.integer("API_KEYS_PER_USER_MAX", 20, 1, 1'000));
  read_passwords(env, out);
  read_first_admin(env, out);
  out.oauth = read_oauth_options(env, out.stage == Stage::production ? UrlSchemes::https : UrlSchemes::http_too);
  read_mail(env, out);
  out.webhooks = read_webhook_options(env, out.stage == Stage::development ? PlainHttp::allowed : PlainHttp::refused);
  out.events = read_event_options(env, out.redis ? RedisIs::configured : RedisIs::absent, out.redis_key_prefix);
  read_audit(env, out);
  read_payments(env, out);
  out.realtime = read_realtime_settings(env);
  out.export_link_max = env.duration("EXPORT_LINK_MAX", out.export_link_max, 1s, 7 * 24h);
  using Place = PasskeyDefaults::Place;
  out.passkeys = read_passkey_options(
      env, {.place = out.stage == Stage::production ? Place::unknown : Place::localhost, .port = out.port});
  out.order_pending_max = env.duration("ORDER_PENDING_MAX", out.order_pending_max, 1s, 30 * 24h);
  read_jobs(env, out);
  out.rate_limit_max = static_cast<std::uint32_t>(env.integer("RATE_LIMIT_MAX", 100, 0, 1'000'000));
  out.body_bytes_max =
      static_cast<std::size_t>(env.integer("BODY_BYTES_MAX", 10 * 1024 * 1024, 1024, 1024 * 1024 * 1024));
  out.request_time_max = env.duration("REQUEST_TIME_MAX", 30s, 0ms, 1h);
  out.body_time_max = env.duration("BODY_TIME_MAX", out.body_time_max, 0ms, 24h);
  out.connections_max = static_cast<std::size_t>(env.integer("CONNECTIONS_MAX", 10'000, 1, 1'000'000));
  read_trusted_proxies(env, out);
  read_limits_per_address(env, out);
  out.unsent_bytes_max =
      static_cast<std::size_t>(env.integer("UNSENT_BYTES_MAX", 64 * 1024 * 1024, 1024 * 1024, std::int64_t{1} << 40));
  read_cors(env, out);
  const bool is_https = out.mail.public_url.starts_with("https:");
  if (env.one_of("SECURE_COOKIES", out.stage == Stage::production || is_https ? "yes" : "no", yes_no) == "yes") {
    out.secure_cookies = Settings::SecureCookies::yes;
  }
  out.requests_in_flight_max = static_cast<std::size_t>(env.integer("REQUESTS_IN_FLIGHT_MAX", 5'000, 0, 10'000'000));
  read_what_is_served(env, out);
  read_log(env, out);
  return out;
}

bool serves_metrics(const Settings& settings) {
  if (settings.metrics_port) return false;
  return settings.stage != Stage::production || !settings.metrics_token.empty();
}

bool is_loopback(std::string_view host) {
  if (host == "localhost") return true;
  const std::array<std::string, 1> names{"loopback"};
  const auto address = IpAddress::parse(host);
  return address && IpNetworks::parse(names)->contains(*address);
}

std::optional<std::filesystem::path> sqlite_path(const Settings& settings) {
  if (!settings.database_url.starts_with(sqlite_scheme)) return std::nullopt;
  std::string_view path = settings.database_url;
  path.remove_prefix(sqlite_scheme.size());
  if (path.starts_with("//")) path.remove_prefix(2);
  return std::filesystem::path(path);
}

}  // namespace ashlar::backend
