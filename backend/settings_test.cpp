// SPDX-License-Identifier: Apache-2.0
#include "backend/settings.hpp"

#include "backend/development_secrets.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <map>
#include <sstream>
#include <string>

namespace ashlar::backend {
namespace {

using Variables = std::map<std::string, std::string>;

constexpr const char* secret = "a secret of at least thirty-two bytes";
constexpr const char* other_secret = "another secret of that many bytes, too";
constexpr const char* key = "k1:zB6WHlptunsnxo-bcRqAGwfVEm93BHLG_YoJ-OE79KI";
constexpr const char* other_key = "k2:KN1HeiGCk4WLlTsWGq5jsTpkudSHWqrY0ynP_kszEU0";

std::string faulty_variables(const Variables& variables) {
  config::Environment env(variables);
  (void)read_settings(env);
  std::string out;
  for (const auto& fault : env.faults()) out += (out.empty() ? "" : " ") + fault.variable;
  return out;
}

struct Refusal {
  Variables variables;
  const char* faulty;
};

void expect_refusals(std::initializer_list<Refusal> rows) {
  for (const auto& row : rows) {
    SCOPED_TRACE(row.variables.begin()->first + "=" + row.variables.begin()->second);
    EXPECT_EQ(faulty_variables(row.variables), row.faulty);
  }
}

TEST(Settings, RefuseWithTheVariablesName) {
  expect_refusals({
      {{{"APP_ENV", "staging"}}, "APP_ENV"},
      {{{"PORT", "80a"}}, "PORT"},
      {{{"PORT", "65536"}}, "PORT"},
      {{{"LOOPS", "-1"}}, "LOOPS"},
      {{{"MIGRATE_ON_START", "maybe"}}, "MIGRATE_ON_START"},
      {{{"DATABASE_POOLER", "transaction"}, {"DATABASE_DIRECT_URL", "postgresql://db/ashlar"}}, "DATABASE_POOLER"},
      {{{"DATABASE_URL", "postgresql://pooler/ashlar"}, {"DATABASE_POOLER", "transaction"}}, "DATABASE_DIRECT_URL"},
      {{{"DATABASE_URL", "postgresql://pooler/ashlar"}, {"DATABASE_POOLER", "session"}}, "DATABASE_POOLER"},
      {{{"DATABASE_URL", "postgresql://db/ashlar"}, {"DATABASE_DIRECT_URL", "mysql://db"}}, "DATABASE_DIRECT_URL"},
      {{{"DATABASE_REPLICA_URLS", "postgresql://db2/ashlar"}}, "DATABASE_REPLICA_URLS"},
      {{{"DATABASE_URL", "postgresql://db/ashlar"}, {"DATABASE_REPLICA_URLS", "postgresql://db2,db3/ashlar"}},
       "DATABASE_REPLICA_URLS"},
      {{{"DATABASE_URL", "postgresql://db/ashlar"}, {"DATABASE_REPLICA_LAG_MAX", "1"}}, "DATABASE_REPLICA_LAG_MAX"},
      {{{"JWT_SECRET", "short"}}, "JWT_SECRET"},
      {{{"JWT_SECRET", secret}, {"JWT_REFRESH_SECRET", secret}}, "JWT_REFRESH_SECRET"},
      {{{"SECRET_KEYS", "short"}}, "SECRET_KEYS"},
      {{{"SECRET_KEYS", std::string(50, 'x')}}, "SECRET_KEYS"},
      {{{"SECRET_KEYS", std::string(key) + "," + key}}, "SECRET_KEYS"},
      {{{"SECRET_KEYS", std::string(key) + ",k2:short"}}, "SECRET_KEYS"},
      {{{"MFA_ISSUER", std::string(65, 'x')}}, "MFA_ISSUER"},
      {{{"MFA_TOKEN_EXPIRES_IN", "1s"}}, "MFA_TOKEN_EXPIRES_IN"},
      {{{"MFA_WRONG_CODES_PER_TOKEN_MAX", "0"}}, "MFA_WRONG_CODES_PER_TOKEN_MAX"},
      {{{"MFA_WRONG_CODES_PER_DAY_MAX", "0"}}, "MFA_WRONG_CODES_PER_DAY_MAX"},
      {{{"JWT_EXPIRES_IN", "15"}}, "JWT_EXPIRES_IN"},
      {{{"JWT_EXPIRES_IN", "25h"}}, "JWT_EXPIRES_IN"},
      {{{"JWT_REFRESH_EXPIRES_IN", "1m"}}, "JWT_REFRESH_EXPIRES_IN"},
      {{{"REVOCATION_DELAY_MAX", "0s"}}, "REVOCATION_DELAY_MAX"},
      {{{"SESSIONS_PER_USER_MAX", "0"}}, "SESSIONS_PER_USER_MAX"},
      {{{"SESSION_IDLE_MAX", "14m"}}, "SESSION_IDLE_MAX"},
      {{{"SESSION_IDLE_MAX", "366d"}}, "SESSION_IDLE_MAX"},
      {{{"SESSION_LIFETIME_MAX", "14m"}}, "SESSION_LIFETIME_MAX"},
      {{{"SESSION_LIFETIME_MAX", "forever"}}, "SESSION_LIFETIME_MAX"},
      {{{"REFRESH_REPLAY_WINDOW", "61s"}}, "REFRESH_REPLAY_WINDOW"},
      {{{"REFRESH_REPLAY_WINDOW", "10"}}, "REFRESH_REPLAY_WINDOW"},
      {{{"BCRYPT_COST", "3"}}, "BCRYPT_COST"},
      {{{"BCRYPT_COST", "17"}}, "BCRYPT_COST"},
      {{{"RATE_LIMIT_MAX", "-1"}}, "RATE_LIMIT_MAX"},
      {{{"BODY_BYTES_MAX", "10MB"}}, "BODY_BYTES_MAX"},
      {{{"REQUEST_TIME_MAX", "30"}}, "REQUEST_TIME_MAX"},
      {{{"REQUESTS_IN_FLIGHT_MAX", "many"}}, "REQUESTS_IN_FLIGHT_MAX"},
      {{{"METRICS_TOKEN", "short"}}, "METRICS_TOKEN"},
      {{{"ACCESS_LOG_ONE_IN", "0"}}, "ACCESS_LOG_ONE_IN"},
      {{{"ACCESS_LOG_SLOW", "1"}}, "ACCESS_LOG_SLOW"},
      {{{"METRICS_PORT", "66000"}}, "METRICS_PORT"},
      {{{"TRUSTED_PROXIES", "10.0.0.0/8, proxy.example"}}, "TRUSTED_PROXIES"},
      {{{"TRUSTED_PROXIES", "10.0.0.1/8"}}, "TRUSTED_PROXIES"},
      {{{"TRUSTED_PROXY_FIELDS", "x-real-ip"}}, "TRUSTED_PROXY_FIELDS"},
      {{{"CORS_ORIGINS", "https://shop.example/"}}, "CORS_ORIGINS"},
      {{{"CORS_ORIGINS", "null"}}, "CORS_ORIGINS"},
  });
}

TEST(Settings, OfTheServerRefuseWithTheVariablesName) {
  expect_refusals({
      {{{"CORS_ORIGINS", "*, https://shop.example"}}, "CORS_ORIGINS"},
      {{{"ALLOWED_ORIGINS", "shop.example"}}, "ALLOWED_ORIGINS"},
      {{{"CORS_ORIGINS", "https://a.example"}, {"ALLOWED_ORIGINS", "https://a.example"}}, "ALLOWED_ORIGINS"},
      {{{"LOG_LEVEL", "loud"}}, "LOG_LEVEL"},
      {{{"DRAIN_DELAY", "2m"}}, "DRAIN_DELAY"},
      {{{"STOP_TIME_MAX", "1h"}}, "STOP_TIME_MAX"},
      {{{"TLS_CERT_FILE", "c.pem"}}, "TLS_KEY_FILE"},
      {{{"TLS_KEY_FILE", "k.pem"}}, "TLS_CERT_FILE"},
      {{{"TLS_CLIENT_CA_FILE", "ca.pem"}}, "TLS_CERT_FILE"},
      {{{"TLS_CLIENT_CERT", "optional"}}, "TLS_CLIENT_CA_FILE"},
      {{{"TLS_CLIENT_CERT", "yes"}, {"TLS_CLIENT_CA_FILE", "ca"}, {"TLS_CERT_FILE", "c"}, {"TLS_KEY_FILE", "k"}},
       "TLS_CLIENT_CERT"},
      {{{"TLS_VERSION_MIN", "1.1"}}, "TLS_VERSION_MIN"},
      {{{"PROXY_PROTOCOL", "yes"}}, "PROXY_PROTOCOL"},
      {{{"CONNECTIONS_MAX", "0"}}, "CONNECTIONS_MAX"},
      {{{"CONNECTIONS_PER_ADDRESS_MAX", "-1"}}, "CONNECTIONS_PER_ADDRESS_MAX"},
      {{{"AWAITED_BODIES_PER_ADDRESS_MAX", "-1"}}, "AWAITED_BODIES_PER_ADDRESS_MAX"},
      {{{"BODY_TIME_MAX", "25h"}}, "BODY_TIME_MAX"},
      {{{"UNSENT_BYTES_MAX", "1000"}}, "UNSENT_BYTES_MAX"},
      {{{"SECURE_COOKIES", "1"}}, "SECURE_COOKIES"},
      {{{"HTTP2", "no"}}, "HTTP2"},
      {{{"COMPRESSION", "gzip"}}, "COMPRESSION"},
  });
}

TEST(Settings, SessionsLastAsLongAsTheirTokensUnlessTheySayElse) {
  using namespace std::chrono_literals;
  const auto limits = [](const Variables& variables) {
    config::Environment env(variables);
    const auto settings = read_settings(env);
    EXPECT_TRUE(env.faults().empty());
    return settings.sessions.limits;
  };
  EXPECT_EQ(limits({}).idle_max, 7 * 24h);
  EXPECT_EQ(limits({}).lifetime_max, 90 * 24h);
  EXPECT_EQ(limits({}).refresh_replay_window, 10s);
  EXPECT_EQ(limits({{"JWT_REFRESH_EXPIRES_IN", "100d"}}).idle_max, 100 * 24h);
  EXPECT_EQ(limits({{"JWT_REFRESH_EXPIRES_IN", "100d"}}).lifetime_max, 100 * 24h);
  EXPECT_EQ(limits({{"SESSION_IDLE_MAX", "1h"}}).idle_max, 1h);
  EXPECT_EQ(limits({{"SESSION_LIFETIME_MAX", "15m"}}).lifetime_max, 15min);
  EXPECT_EQ(limits({{"REFRESH_REPLAY_WINDOW", "0s"}}).refresh_replay_window, 0s);
}

TEST(Settings, RefuseAnIncompleteAdminAndProductionWithoutSecrets) {
  expect_refusals({
      {{{"ADMIN_EMAIL", "admin@example.com"}}, "ADMIN_PASSWORD"},
      {{{"ADMIN_PASSWORD", "12345678"}}, "ADMIN_EMAIL"},
      {{{"ADMIN_EMAIL", "admin"}, {"ADMIN_PASSWORD", "four words of mine"}}, "ADMIN_EMAIL"},
      {{{"ADMIN_EMAIL", "admin@example.com"}, {"ADMIN_PASSWORD", "1234567"}}, "ADMIN_PASSWORD"},
      {{{"ADMIN_EMAIL", "admin@example.com"}, {"ADMIN_PASSWORD", std::string(129, 'x')}}, "ADMIN_PASSWORD"},
      {{{"ADMIN_EMAIL", "admin@example.com"}, {"ADMIN_PASSWORD", "12345678"}}, "ADMIN_PASSWORD"},
      {{{"ADMIN_EMAIL", "admin@example.com"}, {"ADMIN_PASSWORD", "admin@example.com"}}, "ADMIN_PASSWORD"},
      {{{"PASSWORD_HASH", "md5"}}, "PASSWORD_HASH"},
      {{{"BCRYPT_COST", "17"}}, "BCRYPT_COST"},
      {{{"PASSWORD_GUESS_BITS_MIN", "61"}}, "PASSWORD_GUESS_BITS_MIN"},
      {{{"PASSWORD_BREACH_URL", "ftp://breaches.example/"}}, "PASSWORD_BREACH_URL"},
      {{{"HASHING_WAIT_MAX", "2m"}}, "HASHING_WAIT_MAX"},
      {{{"HASHING_WAIT_MAX_KNOWN_DEVICE", "2m"}}, "HASHING_WAIT_MAX_KNOWN_DEVICE"},
      {{{"SIGN_IN_FAILURES_PER_ACCOUNT_MAX", "1"}}, "SIGN_IN_FAILURES_PER_ACCOUNT_MAX"},
      {{{"SIGN_IN_FAILURES_PER_DEVICE_MAX", "0"}}, "SIGN_IN_FAILURES_PER_DEVICE_MAX"},
      {{{"DEVICE_LIFETIME", "401d"}}, "DEVICE_LIFETIME"},
      {{{"APP_ENV", "production"}}, "JWT_SECRET JWT_REFRESH_SECRET SECRET_KEYS"},
      {{{"ORDER_PENDING_MAX", "0s"}}, "ORDER_PENDING_MAX"},
      {{{"OPENAPI", "yes"}}, "OPENAPI"},
      {{{"APP_ENV", "production"}, {"JWT_SECRET", secret}, {"PORT", "x"}, {"LOG_LEVEL", "x"}},
       "PORT JWT_REFRESH_SECRET SECRET_KEYS LOG_LEVEL"},
  });
}

TEST(Settings, RefuseMailThatGoesNowhere) {
  expect_refusals({
      {{{"MAIL_URL", "smtp://user:hush@mail.example?tls=none"}}, "MAIL_URL"},
      {{{"MAIL_URL", "smtp://user@mail.example"}}, "MAIL_URL"},
      {{{"MAIL_URL", "http://api.example/emails"}}, "MAIL_URL"},
      {{{"MAIL_URL", "https://api.example/emails"}}, "EMAIL_SERVICE_API_KEY"},
      {{{"EMAIL_SERVICE_API_KEY", "re_1"}}, "EMAIL_SERVICE_API_KEY"},
      {{{"MAIL_URL", "smtp://mail.example"}, {"MAIL_DKIM_SELECTOR", "s1"}}, "MAIL_DKIM_KEY_FILE"},
      {{{"MAIL_URL", "smtp://mail.example"}, {"MAIL_DKIM_SELECTOR", "s1"}, {"MAIL_DKIM_KEY_FILE", "/nowhere"}},
       "MAIL_DKIM_KEY_FILE"},
      {{{"MAIL_UNSUBSCRIBE_URL", "shop.example"}}, "MAIL_UNSUBSCRIBE_URL"},
      {{{"MAIL_URL", "mails"}}, "MAIL_URL"},
      {{{"MAIL_URL", "file:"}}, "MAIL_URL"},
      {{{"MAIL_URL", "file:mails?x"}}, "MAIL_URL"},
      {{{"MAIL_FROM", "Ashlar"}}, "MAIL_FROM"},
      {{{"MAIL_FROM", "Ashlar\r\nBcc: eve@example.com <a@example.com>"}}, "MAIL_FROM"},
      {{{"MAIL_KEPT_MAX", "0"}}, "MAIL_KEPT_MAX"},
      {{{"PUBLIC_URL", "shop.example"}}, "PUBLIC_URL"},
      {{{"PUBLIC_URL", "javascript://shop.example/%0aalert(1)"}}, "PUBLIC_URL"},
      {{{"PUBLIC_URL", "https://user:hush@shop.example"}}, "PUBLIC_URL"},
      {{{"PUBLIC_URL", "https://shop.example/?page="}}, "PUBLIC_URL"},
      {{{"PUBLIC_URL", "https://shop.example/#/"}}, "PUBLIC_URL"},
      {{{"EMAIL_VERIFICATION_LIFETIME", "31d"}}, "EMAIL_VERIFICATION_LIFETIME"},
      {{{"PASSWORD_RESET_LIFETIME", "30"}}, "PASSWORD_RESET_LIFETIME"},
      {{{"EMAIL_CHANGE_LIFETIME", "0s"}}, "EMAIL_CHANGE_LIFETIME"},
  });
}

TEST(Settings, OfProductionRequireTheSenderAndTheTargetOfMails) {
  Variables variables = {{"APP_ENV", "production"},
                         {"JWT_SECRET", secret},
                         {"JWT_REFRESH_SECRET", other_secret},
                         {"SECRET_KEYS", key},
                         {"MAIL_URL", "file:mails"}};
  EXPECT_EQ(faulty_variables(variables), "MAIL_FROM PUBLIC_URL");
  variables["MAIL_FROM"] = "Shop <no-reply@shop.example>";
  variables["PUBLIC_URL"] = "https://shop.example/app/";
  config::Environment env(variables);
  const Settings settings = read_settings(env);
  EXPECT_EQ(env.report(), config::Environment(Variables{}).report());
  EXPECT_EQ(settings.mail.folder, "mails");
  EXPECT_EQ(settings.mail.from.name.view(), "Shop");
  EXPECT_EQ(settings.mail.from.address.view(), "no-reply@shop.example");
  EXPECT_EQ(settings.mail.public_url, "https://shop.example/app/");
}

TEST(Settings, OfMailNameAServerOrAnApi) {
  config::Environment smtp(Variables{{"MAIL_URL", "smtps://me:hush@mail.example"}, {"MAIL_CA_FILE", "ca.pem"}});
  const Settings by_smtp = read_settings(smtp);
  EXPECT_TRUE(smtp.faults().empty()) << smtp.report();
  EXPECT_EQ(by_smtp.mail.smtp.value().host, "mail.example");
  EXPECT_EQ(by_smtp.mail.ca_file, "ca.pem");
  EXPECT_EQ(by_smtp.mail.unsubscribe_url, "http://localhost:3000/api/unsubscribe");
  config::Environment api(
      Variables{{"MAIL_URL", "https://api.resend.com/emails"}, {"EMAIL_SERVICE_API_KEY", "re_hush"}});
  const Settings by_api = read_settings(api);
  EXPECT_TRUE(api.faults().empty()) << api.report();
  EXPECT_EQ(by_api.mail.api_url, "https://api.resend.com/emails");
  EXPECT_EQ(by_api.mail.api_key, "re_hush");
}

TEST(Settings, OfMailHaveDefaults) {
  config::Environment env(Variables{{"PORT", "4000"}});
  const Settings settings = read_settings(env);
  EXPECT_EQ(settings.mail.folder, std::nullopt);
  EXPECT_EQ(settings.mail.public_url, "http://localhost:4000");
  EXPECT_EQ(settings.mail.reset_lifetime, std::chrono::minutes{30});
}

TEST(Settings, OfProductionRefuseSecretsThatCanBeGuessed) {
  const Variables good = {
      {"APP_ENV", "production"}, {"JWT_SECRET", secret}, {"JWT_REFRESH_SECRET", other_secret}, {"SECRET_KEYS", key}};
  EXPECT_EQ(faulty_variables(good), "");
  const std::string as(64, 'a');
  const std::pair<const char*, std::string> rows[] = {
      {"JWT_SECRET", as},
      {"JWT_SECRET", "at-least-32-bytes-of-your-own-making"},
      {"JWT_REFRESH_SECRET", as},
      {"JWT_REFRESH_SECRET", "at-least-32-other-bytes-of-your-own"},
      {"SECRET_KEYS", "k1:" + std::string(43, 'A')},
      {"METRICS_TOKEN", as},
      {"METRICS_TOKEN", "a-token-of-the-scraper"},
      {"ADMIN_PASSWORD", "a-long-password"},
      {"ADMIN_PASSWORD", "12345678"},
  };
  for (const auto& [name, value] : rows) {
    Variables variables = good;
    variables["ADMIN_EMAIL"] = "admin@example.com";
    variables.emplace("ADMIN_PASSWORD", "four words of mine");
    variables[name] = value;
    EXPECT_EQ(faulty_variables(variables), name) << value;
    variables["APP_ENV"] = "development";
    if (std::string_view(name) != "ADMIN_PASSWORD") EXPECT_EQ(faulty_variables(variables), "") << value;
  }
}

// Uncommenting every line without other changes starts no server, and yields no publicly known secret.
TEST(Settings, PrintedAsExamplesHoldNoSecret) {
  std::ifstream in(ASHLAR_SOURCE_DIR "/.env.example");
  Variables variables;
  for (std::string line; std::getline(in, line);) {
    const std::size_t equals = line.find('=');
    if (!line.starts_with('#') || line.starts_with("# ") || equals == line.npos) continue;
    variables[line.substr(1, equals - 1)] = line.substr(equals + 1);
  }
  for (const char* name : {"JWT_SECRET", "JWT_REFRESH_SECRET", "SECRET_KEYS", "ADMIN_PASSWORD", "METRICS_TOKEN"}) {
    ASSERT_TRUE(variables.contains(name)) << name;
    EXPECT_EQ(variables[name], "") << name;
  }
  for (const auto& [name, value] : variables) EXPECT_EQ(value.find(":secret@"), value.npos) << name;
  EXPECT_THAT(faulty_variables({{"APP_ENV", "production"},
                                {"JWT_SECRET", variables["JWT_SECRET"]},
                                {"JWT_REFRESH_SECRET", variables["JWT_REFRESH_SECRET"]},
                                {"SECRET_KEYS", variables["SECRET_KEYS"]}}),
              "JWT_SECRET JWT_REFRESH_SECRET SECRET_KEYS");
}

TEST(Settings, OfProductionPublishNeitherMetricsNorTheDescription) {
  const auto settings_of = [](Variables variables) {
    variables.insert({{"JWT_SECRET", secret}, {"JWT_REFRESH_SECRET", other_secret}, {"SECRET_KEYS", key}});
    config::Environment env(std::move(variables));
    Settings out = read_settings(env);
    EXPECT_TRUE(env.faults().empty()) << env.report();
    return out;
  };
  EXPECT_TRUE(serves_metrics(settings_of({})));
  EXPECT_FALSE(serves_metrics(settings_of({{"METRICS_PORT", "0"}}))) << "they are on a port of their own";
  EXPECT_FALSE(serves_metrics(settings_of({{"APP_ENV", "production"}})));
  EXPECT_TRUE(serves_metrics(settings_of({{"APP_ENV", "production"}, {"METRICS_TOKEN", "p8Zq3vN1xT7wKe5R"}})));
  EXPECT_EQ(settings_of({}).openapi, Settings::Openapi::is_public);
  EXPECT_EQ(settings_of({{"OPENAPI", "off"}}).openapi, Settings::Openapi::off);
  EXPECT_EQ(settings_of({{"APP_ENV", "production"}}).openapi, Settings::Openapi::off);
  EXPECT_EQ(settings_of({{"APP_ENV", "production"}, {"OPENAPI", "public"}}).openapi, Settings::Openapi::is_public);
}

TEST(Settings, KnowWhichHostsAreThisMachine) {
  for (const char* host : {"127.0.0.1", "127.8.8.8", "::1", "localhost"}) EXPECT_TRUE(is_loopback(host)) << host;
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "192.0.2.1", "db"}) EXPECT_FALSE(is_loopback(host)) << host;
}

TEST(Settings, RefuseAnInvalidStore) {
  expect_refusals({
      {{{"DATABASE_URL", "postgresql:ashlar"}}, "DATABASE_URL"},
      {{{"DATABASE_URL", "postgresql://ashlar:hush%@db/ashlar"}}, "DATABASE_URL"},
      {{{"DATABASE_URL", "postgresql://ashlar:hush@[::1/ashlar"}}, "DATABASE_URL"},
      {{{"DATABASE_URL", "postgresql://ashlar:hush@db/ashlar?sslmod=require"}}, "DATABASE_URL"},
      {{{"DATABASE_URL", "mysql://db"}}, "DATABASE_URL"},
      {{{"DATABASE_URL", "sqlite:"}}, "DATABASE_URL"},
      {{{"DATABASE_URL", "sqlite:data/ashlar.db?mode=ro"}}, "DATABASE_URL"},
      {{{"DATABASE_URL", "postgresql://db/ashlar?schema=public"}}, "DATABASE_URL"},
      {{{"REDIS_URL", "localhost:6379"}}, "REDIS_URL"},
      {{{"REDIS_CA_FILE", "ca.pem"}}, "REDIS_URL"},
      {{{"REDIS_URL", "redis://localhost"}, {"REDIS_CA_FILE", "ca.pem"}}, "REDIS_CA_FILE"},
      {{{"REDIS_URL", "redis://localhost"}, {"REDIS_SENTINEL_PASSWORD", "hush"}}, "REDIS_SENTINEL_PASSWORD"},
      {{{"REDIS_URL", "redis+sentinel://localhost/shop"}, {"REDIS_SENTINEL_USER", "ada"}}, "REDIS_SENTINEL_PASSWORD"},
      {{{"REDIS_COMMAND_TIME_MAX", "0ms"}}, "REDIS_COMMAND_TIME_MAX"},
      {{{"REDIS_CONNECT_TIME_MAX", "2m"}}, "REDIS_CONNECT_TIME_MAX"},
      {{{"REDIS_IN_FLIGHT_MAX", "0"}}, "REDIS_IN_FLIGHT_MAX"},
      {{{"REDIS_KEY_PREFIX", std::string(65, 'x')}}, "REDIS_KEY_PREFIX"},
      {{{"CACHE_TTL", "2h"}}, "CACHE_TTL"},
      {{{"CACHE_BYTES_MAX", "1000"}}, "CACHE_BYTES_MAX"},
  });
}

TEST(Settings, RefuseInvalidLimitsOfTheDatabase) {
  const std::pair<const char*, const char*> rows[] = {
      {"DATABASE_QUEUE_MAX", "0"},
      {"DATABASE_READ_CONNECTIONS_PER_LOOP", "0"},
      {"DATABASE_WRITE_CONNECTIONS_PER_LOOP", "101"},
      {"DATABASE_TRANSACTIONS_PER_LOOP", "none"},
      {"DATABASE_PIPELINE_MAX", "0"},
      {"DATABASE_WAIT_TIME_MAX", "1"},
      {"DATABASE_STATEMENT_TIME_MAX", "0ms"},
      {"DATABASE_TRANSACTION_TIME_MAX", "2h"},
      {"DATABASE_CONNECT_TIME_MAX", "1s"},
      {"DATABASE_ISOLATION", "read-uncommitted"},
  };
  for (const auto& [name, value] : rows) EXPECT_EQ(faulty_variables({{name, value}}), name) << value;
}

TEST(Settings, TheReportShowsNoSecret) {
  config::Environment env({{"JWT_SECRET", "hush-1"},
                           {"MAIL_URL", "smtp://ashlar:hush-5@mail.example?tls=none"},
                           {"ADMIN_EMAIL", "admin@example.com"},
                           {"ADMIN_PASSWORD", "hush-2"},
                           {"DATABASE_URL", "postgresql://ashlar:hush-3@db/ashlar?hush-3"},
                           {"REDIS_URL", "redis://:hush-4@cache:x"}});
  (void)read_settings(env);
  EXPECT_EQ(env.faults().size(), 5U) << env.report();
  EXPECT_THAT(env.report(), testing::Not(testing::HasSubstr("hush")));
}

TEST(Settings, HaveDefaultsThatAFreshDirectoryCanStartWith) {
  config::Environment env(Variables{});
  const Settings settings = read_settings(env);
  EXPECT_TRUE(env.faults().empty()) << env.report();
  EXPECT_EQ(settings.stage, Stage::development);
  EXPECT_EQ(settings.port, 3000);
  EXPECT_EQ(settings.database_url, "sqlite:data/ashlar.db");
  EXPECT_EQ(settings.rate_limit_max, 100U);
  EXPECT_FALSE(settings.redis);
  EXPECT_FALSE(settings.tls);
  EXPECT_EQ(settings.bcrypt_cost, 12);
  EXPECT_EQ(settings.body_bytes_max, 10'485'760U);
  EXPECT_EQ(settings.request_time_max, std::chrono::seconds(30));
  EXPECT_EQ(settings.tokens.access_lifetime, std::chrono::minutes{15});
  EXPECT_EQ(settings.tokens.refresh_lifetime, std::chrono::days{7});
}

// All clients of a trusted proxy have its address: a default limit would lock them out.
TEST(Settings, LimitAnAddressWhereNoProxyIsTrusted) {
  const auto limits = [](Variables variables) {
    config::Environment env(std::move(variables));
    const Settings settings = read_settings(env);
    EXPECT_TRUE(env.faults().empty()) << env.report();
    return std::pair(settings.connections_per_address_max, settings.awaited_bodies_per_address_max);
  };
  EXPECT_EQ(limits({}), std::pair(std::size_t{1'000}, std::size_t{500}));
  EXPECT_EQ(limits({{"PROXY_PROTOCOL", "loopback"}}), std::pair(std::size_t{1'000}, std::size_t{500}));
  EXPECT_EQ(limits({{"TRUSTED_PROXIES", "loopback"}}), std::pair(std::size_t{0}, std::size_t{0}));
  EXPECT_EQ(limits({{"TRUSTED_PROXIES", "loopback"},
                    {"CONNECTIONS_PER_ADDRESS_MAX", "7"},
                    {"AWAITED_BODIES_PER_ADDRESS_MAX", "8"}}),
            std::pair(std::size_t{7}, std::size_t{8}));
}

TEST(Settings, SayHowPasswordsAreHashedAndGuessed) {
  config::Environment env({{"PASSWORD_HASH", "argon2id"},
                           {"PASSWORD_GUESS_BITS_MIN", "30"},
                           {"PASSWORD_BREACH_URL", "https://breaches.example/range/"},
                           {"HASHING_WAIT_MAX", "5s"},
                           {"HASHING_WAIT_MAX_KNOWN_DEVICE", "20s"},
                           {"SIGN_IN_FAILURES_PER_ACCOUNT_MAX", "50"},
                           {"SIGN_IN_FAILURES_PER_DEVICE_MAX", "10"},
                           {"DEVICE_LIFETIME", "30d"}});
  const Settings settings = read_settings(env);
  EXPECT_TRUE(env.faults().empty()) << env.report();
  EXPECT_EQ(settings.password_hash, auth::PasswordScheme::argon2id);
  EXPECT_EQ(settings.password_guess_bits_min, 30);
  EXPECT_EQ(settings.password_breach_url, "https://breaches.example/range/");
  EXPECT_EQ(settings.hashing_wait_max, std::chrono::seconds(5));
  EXPECT_EQ(settings.hashing_wait_max_known_device, std::chrono::seconds(20));
  EXPECT_EQ(settings.guessing.failures_per_account_max, 50U);
  EXPECT_EQ(settings.guessing.failures_per_device_max, 10U);
  EXPECT_EQ(settings.device_lifetime, std::chrono::days(30));
}

TEST(Settings, SecureCookiesFollowThePublicUrl) {
  const auto secure = [](Variables variables) {
    config::Environment env(std::move(variables));
    const Settings settings = read_settings(env);
    EXPECT_TRUE(env.faults().empty()) << env.report();
    return settings.secure_cookies == Settings::SecureCookies::yes;
  };
  EXPECT_FALSE(secure({}));
  EXPECT_FALSE(secure({{"PUBLIC_URL", "http://localhost:8080"}}));
  EXPECT_TRUE(secure({{"PUBLIC_URL", "https://shop.example"}}));
  EXPECT_FALSE(secure({{"PUBLIC_URL", "https://shop.example"}, {"SECURE_COOKIES", "no"}}));
}

TEST(Settings, TakeARedisWithItsLimits) {
  config::Environment env({{"REDIS_URL", "rediss://:secret@cache.example/2"},
                           {"REDIS_CA_FILE", "ca.pem"},
                           {"REDIS_COMMAND_TIME_MAX", "100ms"},
                           {"REDIS_CONNECT_TIME_MAX", "3s"},
                           {"REDIS_IN_FLIGHT_MAX", "10"},
                           {"REDIS_KEY_PREFIX", "shop:"}});
  const Settings settings = read_settings(env);
  EXPECT_TRUE(env.faults().empty()) << env.report();
  ASSERT_TRUE(settings.redis);
  EXPECT_EQ(settings.redis->url, "rediss://:secret@cache.example/2");
  EXPECT_EQ(settings.redis->ca_file, "ca.pem");
  EXPECT_EQ(settings.redis->command_time_max, std::chrono::milliseconds(100));
  EXPECT_EQ(settings.redis->connect_time_max, std::chrono::seconds(3));
  EXPECT_EQ(settings.redis->in_flight_max, 10U);
  EXPECT_EQ(settings.redis_key_prefix, "shop:");
}

TEST(Settings, SayWhichHttpIsSpoken) {
  const std::map<std::string, http::Protocols> cases = {
      {"on", http::Protocols::http1_and_http2}, {"off", http::Protocols::http1}, {"only", http::Protocols::http2}};
  for (const auto& [value, protocols] : cases) {
    config::Environment env({{"HTTP2", value}});
    EXPECT_EQ(read_settings(env).protocols, protocols) << value;
  }
}

TEST(Settings, TakeWhatIsGiven) {
  config::Environment env({{"APP_ENV", "production"},
                           {"JWT_SECRET", secret},
                           {"JWT_REFRESH_SECRET", other_secret},
                           {"SECRET_KEYS", std::string(key) + ", " + other_key},
                           {"MFA_WRONG_CODES_PER_DAY_MAX", "7"},
                           {"JWT_EXPIRES_IN", "5m"},
                           {"JWT_REFRESH_EXPIRES_IN", "30d"},
                           {"PORT", "8080"},
                           {"HOST", "localhost"},
                           {"ADMIN_EMAIL", "a@b.cd"},
                           {"ADMIN_PASSWORD", "four words of mine"},
                           {"RATE_LIMIT_MAX", "0"},
                           {"TLS_CERT_FILE", "c.pem"},
                           {"TLS_KEY_FILE", "k.pem"},
                           {"TLS_CLIENT_CA_FILE", "ca.pem"},
                           {"TLS_CLIENT_CERT", "optional"},
                           {"TLS_VERSION_MIN", "1.3"},
                           {"HTTP2", "off"},
                           {"COMPRESSION", "off"},
                           {"DATABASE_QUEUE_MAX", "64"},
                           {"DATABASE_WAIT_TIME_MAX", "300ms"},
                           {"DATABASE_STATEMENT_TIME_MAX", "5s"},
                           {"DATABASE_TRANSACTIONS_PER_LOOP", "9"},
                           {"DATABASE_ISOLATION", "serializable"},
                           {"LOG_LEVEL", "debug"}});
  const Settings settings = read_settings(env);
  EXPECT_TRUE(env.faults().empty()) << env.report();
  EXPECT_EQ(settings.compression, Settings::Compression::off);
  ASSERT_EQ(settings.secret_keys.size(), 2U);
  EXPECT_EQ(settings.secret_keys[0].to_text(), key);
  EXPECT_EQ(settings.secret_keys[1].to_text(), other_key);
  EXPECT_EQ(settings.second_factors.wrong_codes_per_day_max, 7U);
  EXPECT_EQ(settings.database.postgres.queue_max, 64U);
  EXPECT_EQ(settings.database.sqlite.queue_max, 64U);
  EXPECT_EQ(settings.database.postgres.acquire_time_max, std::chrono::milliseconds(300));
  EXPECT_EQ(settings.database.sqlite.queue_time_max, std::chrono::milliseconds(300));
  EXPECT_EQ(settings.database.postgres.statement_time_max, std::chrono::seconds(5));
  EXPECT_EQ(settings.database.postgres.transactions_per_loop, 9U);
  EXPECT_EQ(settings.database.postgres.isolation, sql::postgres::Isolation::serializable);
  EXPECT_EQ(settings.protocols, http::Protocols::http1);
  EXPECT_EQ(settings.tokens.access_lifetime, std::chrono::minutes{5});
  EXPECT_EQ(settings.tokens.refresh_lifetime, std::chrono::days{30});
  EXPECT_EQ(settings.host, "127.0.0.1");
  EXPECT_EQ(settings.secure_cookies, Settings::SecureCookies::yes);
  EXPECT_EQ(settings.log.level, log::Level::debug);
  ASSERT_TRUE(settings.tls);
  EXPECT_EQ(settings.tls->certificate_chain_file, "c.pem");
  EXPECT_EQ(settings.tls->private_key_file, "k.pem");
  EXPECT_EQ(settings.tls->client_ca_file, "ca.pem");
  EXPECT_EQ(settings.tls->client_certificate, http::TlsOptions::ClientCertificate::optional);
  EXPECT_EQ(settings.tls->version_min, http::TlsOptions::Version::tls_1_3);
  ASSERT_TRUE(settings.first_admin);
  EXPECT_EQ(settings.first_admin->email.view(), "a@b.cd");
}

TEST(Settings, MissingSecretsAreMadeOnceAndOnlyTheirOwnerReadsThem) {
  const test::TemporaryFolder folder;
  SystemRandom random;
  Settings first;
  first.database_url = "sqlite:" + (folder / "data/some.db").string();
  Settings second = first;
  fill_development_secrets(first, random);
  fill_development_secrets(second, random);
  EXPECT_GE(first.tokens.access_secret.size(), 32U);
  EXPECT_NE(first.tokens.access_secret, first.tokens.refresh_secret);
  EXPECT_EQ(first.tokens.access_secret, second.tokens.access_secret);
  EXPECT_EQ(first.tokens.refresh_secret, second.tokens.refresh_secret);
  ASSERT_EQ(first.secret_keys.size(), 1U);
  EXPECT_EQ(first.secret_keys[0].to_text(), second.secret_keys.at(0).to_text());

  struct stat state{};
  ASSERT_EQ(::stat((folder / "data/some.secrets").c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 0777, 0600U);

  Settings given;
  given.database_url = first.database_url;
  given.tokens.access_secret = secret;
  fill_development_secrets(given, random);
  EXPECT_EQ(given.tokens.access_secret, secret) << "what is given is used";

  // A file of a version that stored nothing encrypted.
  std::ofstream(folder / "data/some.secrets")
      << "JWT_SECRET=" << secret << "\nJWT_REFRESH_SECRET=" << other_secret << '\n';
  Settings earlier, once_more;
  earlier.database_url = once_more.database_url = first.database_url;
  fill_development_secrets(earlier, random);
  fill_development_secrets(once_more, random);
  EXPECT_EQ(earlier.tokens.access_secret, secret);
  EXPECT_EQ(earlier.secret_keys.at(0).to_text(), once_more.secret_keys.at(0).to_text());

  std::ofstream(folder / "data/some.secrets") << "nothing of use\n";
  Settings broken;
  broken.database_url = first.database_url;
  EXPECT_THROW(fill_development_secrets(broken, random), std::runtime_error);
}

TEST(Settings, SecretsOfADatabaseInMemoryLeaveNoFile) {
  SystemRandom random;
  Settings settings;
  settings.database_url = "sqlite::memory:";
  fill_development_secrets(settings, random);
  EXPECT_GE(settings.tokens.access_secret.size(), 32U);
  EXPECT_NE(settings.tokens.access_secret, settings.tokens.refresh_secret);
  EXPECT_EQ(settings.secret_keys.size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(":memory:.secrets"));
}

// Every variable is in the guide and in .env.example, and neither speaks of one that is not read.
TEST(Settings, AreAllDocumented) {
  const auto words_of = [](const std::string& path, const std::string& before) {
    std::ifstream in(std::string(ASHLAR_SOURCE_DIR) + path);
    EXPECT_TRUE(in) << path;
    std::string out;
    for (std::string line; std::getline(in, line);) {
      if (!line.starts_with(before)) continue;
      const std::size_t end = line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", before.size());
      if (end > before.size() && end != line.npos) out += line.substr(before.size(), end - before.size()) + "\n";
    }
    return out;
  };
  std::ostringstream source;
  for (const char* file : {"/backend/settings.cpp", "/backend/mail_settings.cpp", "/backend/audit/audit_settings.cpp",
                           "/backend/events/event_options.cpp", "/backend/oauth/read_oauth_options.cpp",
                           "/backend/passkeys/passkey_settings.cpp", "/backend/payments/payment_settings.cpp",
                           "/backend/realtime/realtime_settings.cpp", "/backend/webhooks/webhook_options.cpp"})
    source << std::ifstream(std::string(ASHLAR_SOURCE_DIR) + file).rdbuf();
  const std::string guide = words_of("/docs/guide/configuration.md", "| `");
  EXPECT_EQ(guide, words_of("/.env.example", "#"));
  std::istringstream names(guide);
  int count = 0;
  for (std::string name; std::getline(names, name); ++count)
    EXPECT_THAT(source.str(), testing::HasSubstr('"' + name + '"'));
  EXPECT_EQ(count, 160);
}

}  // namespace
}  // namespace ashlar::backend
