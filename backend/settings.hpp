// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/password.hpp"
#include "ashlar/auth/secret_box.hpp"
#include "ashlar/auth/token.hpp"
#include "ashlar/config/environment.hpp"
#include "ashlar/http/protocols.hpp"
#include "ashlar/http/tls.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/redis/client.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/open.hpp"
#include "ashlar/web/cors.hpp"
#include "ashlar/web/trusted_proxies.hpp"
#include "backend/audit/audit_settings.hpp"
#include "backend/auth/guessing.hpp"
#include "backend/auth/second_factor_options.hpp"
#include "backend/auth/session_limits.hpp"
#include "backend/events/event_options.hpp"
#include "backend/mail_settings.hpp"
#include "backend/oauth/oauth_options.hpp"
#include "backend/passkeys/passkey_options.hpp"
#include "backend/payments/payment_settings.hpp"
#include "backend/realtime/realtime_settings.hpp"
#include "backend/webhooks/webhook_options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

// All settings: docs/guide/configuration.md has a line for each variable.
namespace ashlar::backend {

// APP_ENV. Production requires configured secrets, prints nothing on the terminal and does not migrate by itself.
enum class Stage : std::uint8_t { development, production, test };
[[nodiscard]] std::string_view to_string(Stage stage);

// MIGRATE_ON_START: whether `ashlar serve` applies pending migrations, or refuses to start.
enum class MigrateOnStart : std::uint8_t { no, yes };

struct FirstAdmin {
  Email email;
  Password password;
};

struct Settings {
  Stage stage = Stage::development;

  std::string host = "0.0.0.0";
  std::uint16_t port = 3000;
  std::size_t loops = 0;                            // 0: one per core
  std::chrono::milliseconds drain_delay{0};         // between "not ready" and closing the listening sockets
  std::chrono::milliseconds stop_time_max{10'000};  // then connections with requests in flight are closed

  std::optional<http::TlsOptions> tls;  // absent: plain HTTP; its files are not read here

  std::string database_url = "sqlite:data/ashlar.db";
  sql::OpenOptions database;                       // limits; the location is in the URL
  std::vector<std::string> database_replica_urls;  // for reads that may be stale: sql/replicas.hpp
  std::chrono::milliseconds database_replica_lag_max{2'000};
  MigrateOnStart migrate_on_start = MigrateOnStart::yes;  // in production: no
  std::optional<redis::ClientOptions> redis;              // absent: each instance keeps its own state
  std::string redis_key_prefix = "ashlar:";               // of every key and channel
  std::size_t cache_bytes_max = 64 * 1024 * 1024;         // of values cached in the process
  std::chrono::milliseconds cache_ttl{30'000};            // 0: no caching

  auth::SignatureAlgorithm jwt_algorithm = auth::SignatureAlgorithm::hs256;  // others: see jwt_keys/jwt_key_store.hpp
  auth::TokenOptions tokens;  // in development the secrets may be empty: see development_secrets.hpp
  // For stored secrets: the first key encrypts, all of them decrypt. In development there may be none, as above.
  std::vector<auth::SecretBoxKey> secret_keys;
  SecondFactorOptions second_factors;
  std::chrono::milliseconds revocation_delay_max{2'000};  // until changes by another instance are known
  SessionOptions sessions;
  std::size_t authority_accounts_max = 100'000;  // whose rights are cached in memory
  std::uint32_t grants_per_user_max = 200;
  std::uint32_t api_keys_per_user_max = 20;
  auth::PasswordScheme password_hash = auth::PasswordScheme::bcrypt;  // of new hashes
  int bcrypt_cost = 12;
  double password_guess_bits_min = 0;                               // of a new password, by zxcvbn's estimate; 0: none
  std::string password_breach_url;                                  // empty: leaked passwords are not looked up
  std::chrono::milliseconds hashing_wait_max{3'000};                // one that would wait longer is refused
  std::chrono::milliseconds hashing_wait_max_known_device{15'000};  // the same for a device that has signed in before
  GuessingOptions guessing;                                         // wrong passwords of one account in any 24 hours
  std::chrono::seconds device_lifetime{180 * 24 * 3600};            // how long a device is known after a sign-in
  PasskeyOptions passkeys;                                          // without an RP ID the backend has no passkeys
  std::chrono::milliseconds order_pending_max{30 * 60 * 1'000};     // then a pending order is cancelled
  enum class JobWorker : std::uint8_t { off, on } job_worker = JobWorker::on;  // whether this process runs jobs
  std::size_t job_concurrency = 32;     // jobs that run at the same time in this process
  std::vector<std::string> job_queues;  // that it runs jobs of; empty: all
  std::optional<FirstAdmin> first_admin;
  OauthOptions oauth;  // sign-in with OpenID Connect providers; none by default
  MailSettings mail;
  EventOptions events;
  WebhookOptions webhooks;
  AuditSettings audit;
  PaymentSettings payments;
  RealtimeSettings realtime;
  std::chrono::milliseconds export_link_max{3'600'000};  // how long a link to an export's file works

  std::uint32_t rate_limit_max = 100;  // requests per minute and client; 0: no limit
  std::size_t body_bytes_max = 10 * 1024 * 1024;
  std::chrono::milliseconds request_time_max{30'000};  // 0: no limit
  std::chrono::milliseconds body_time_max{300'000};    // 0: no limit
  web::TrustedProxyOptions trusted_proxies;
  std::vector<std::string> proxy_protocol;  // networks whose connections begin with a PROXY header
  std::size_t connections_max = 10'000;
  std::size_t connections_per_address_max = 1'000;   // 0: no limit, the default behind a trusted proxy
  std::size_t awaited_bodies_per_address_max = 500;  // the same
  std::size_t unsent_bytes_max = 64 * 1024 * 1024;
  http::Protocols protocols = http::Protocols::http1_and_http2;
  web::CorsOptions cors;
  enum class SecureCookies : std::uint8_t { no, yes } secure_cookies = SecureCookies::no;
  enum class Compression : std::uint8_t { off, on } compression = Compression::on;
  enum class Grpc : std::uint8_t { off, on } grpc = Grpc::on;           // gRPC, gRPC-Web and Connect
  enum class Mcp : std::uint8_t { off, on } mcp = Mcp::on;              // agents may call tools at /mcp
  enum class Graphql : std::uint8_t { off, on } graphql = Graphql::on;  // operations are fields at /graphql
  enum class GraphqlIntrospection : std::uint8_t { off, on } graphql_introspection = GraphqlIntrospection::off;

  std::size_t requests_in_flight_max = 5'000;  // more are refused immediately; 0: no limit

  // In production /metrics is served only with a token or on a separate port.
  std::string metrics_token;                                                          // empty: no authentication
  std::optional<std::uint16_t> metrics_port;                                          // nullopt: on the server's own
  enum class Openapi : std::uint8_t { off, is_public } openapi = Openapi::is_public;  // in production: off

  std::uint32_t access_log_one_in = 1;  // of fast successful calls; failures and slow calls always
  std::chrono::milliseconds access_log_slow{1'000};
  log::LogOptions log;
};

// Whether /metrics is served on the server's own port.
[[nodiscard]] bool serves_metrics(const Settings& settings);

// Whether only processes of this machine reach `host`, an address or "localhost".
[[nodiscard]] bool is_loopback(std::string_view host);

// Reads and checks every variable. env.faults() then has every fault.
[[nodiscard]] Settings read_settings(config::Environment& env);

// The file that an SQLite database lives in; nullopt for another kind of database.
[[nodiscard]] std::optional<std::filesystem::path> sqlite_path(const Settings& settings);

}  // namespace ashlar::backend
