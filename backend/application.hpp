// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/memory_rate_limits.hpp"
#include "ashlar/api/redis_rate_limits.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/audit/sealer.hpp"
#include "ashlar/auth/hashing_queue.hpp"
#include "ashlar/auth/password.hpp"
#include "ashlar/auth/password_policy.hpp"
#include "ashlar/auth/revocations.hpp"
#include "ashlar/auth/secret_box.hpp"
#include "ashlar/auth/token.hpp"
#include "ashlar/cache/cache.hpp"
#include "ashlar/cache/redis_level.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/graphql/server.hpp"
#include "ashlar/grpc/server.hpp"
#include "ashlar/instances/instance_register.hpp"
#include "ashlar/instances/look_loop.hpp"
#include "ashlar/instances/revocation_sync.hpp"
#include "ashlar/instances/write_broadcast.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/mcp/server.hpp"
#include "ashlar/redis/clients.hpp"
#include "ashlar/sql/cursor.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/sql/replicas.hpp"
#include "ashlar/web/app.hpp"
#include "backend/account_cascade.hpp"
#include "backend/account_export.hpp"
#include "backend/api_keys/api_keys.hpp"
#include "backend/api_keys/create_api_key.hpp"
#include "backend/audit/audit_trail.hpp"
#include "backend/auth/account_mails.hpp"
#include "backend/auth/challenges.hpp"
#include "backend/auth/device_tokens.hpp"
#include "backend/auth/guessing.hpp"
#include "backend/auth/password_services.hpp"
#include "backend/auth/second_factors.hpp"
#include "backend/auth/sessions.hpp"
#include "backend/authority/authorities.hpp"
#include "backend/authority/authority_sync.hpp"
#include "backend/authority/create_grant.hpp"
#include "backend/events/event_services.hpp"
#include "backend/exports/exports.hpp"
#include "backend/health/readiness.hpp"
#include "backend/job_system.hpp"
#include "backend/jwt_keys/jwt_keys.hpp"
#include "backend/mail/mail_transport.hpp"
#include "backend/notifications/notifications.hpp"
#include "backend/oauth/oauth.hpp"
#include "backend/orders/order_expiry.hpp"
#include "backend/passkeys/passkeys.hpp"
#include "backend/payments/payment_services.hpp"
#include "backend/products/products.hpp"
#include "backend/settings.hpp"
#include "backend/webhooks/webhooks.hpp"

#include <memory>
#include <optional>

namespace ashlar::backend {
class Realtime;

// What the backend is built on. All of it outlives the Application.
struct Dependencies {
  const Clock& clock;
  Random& random;
  log::Logger& logger;
  sql::Database& database;            // migrated
  sql::Replicas* replicas = nullptr;  // of the database; null: there are none
  redis::Clients* redis = nullptr;    // null: there is none
};

// The reference backend, wired: every feature's routes behind one App. A server is given app(), a test calls it.
class Application {
 public:
  // Throws std::runtime_error when the database does not answer or the folder for mails cannot be made,
  // std::invalid_argument for unusable secrets.
  Application(Settings settings, Dependencies dependencies);
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  // start() before the server's loops have threads; close() when they have none any more, before Redis's clients and
  // the database are closed. The first loop receives messages of other instances. close() closes the replicas.
  void start(const std::vector<boost::asio::io_context*>& loops);
  void close();

  [[nodiscard]] web::App& app() { return app_; }
  [[nodiscard]] const grpc::Proto& proto() const { return grpc_.proto(); }
  [[nodiscard]] const graphql::TypeSystem& graphql_types() const { return graphql_.types(); }
  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] Passwords& passwords() { return password_services_.passwords(); }
  [[nodiscard]] api::Units& units() { return units_; }
  [[nodiscard]] Sessions& sessions() { return sessions_; }
  [[nodiscard]] Authorities& authorities() { return authorities_; }
  [[nodiscard]] AuthoritySync& authority_sync() { return authority_sync_; }
  [[nodiscard]] JwtKeys& jwt_keys() { return jwt_keys_; }
  [[nodiscard]] ApiKeys& api_keys() { return api_keys_; }
  // Closed by close(); else to be closed before a loop that used it is destroyed.
  [[nodiscard]] Oauth& oauth() { return oauth_; }
  [[nodiscard]] cache::Cache& cache() { return cache_; }
  [[nodiscard]] Readiness& readiness() { return readiness_; }
  [[nodiscard]] OrderExpiry& order_expiry() { return order_expiry_; }
  [[nodiscard]] PaymentServices& payment_services() { return payment_services_; }  // closed as oauth() is
  [[nodiscard]] Payments& payments() { return payment_services_.payments(); }
  [[nodiscard]] EventServices& events() { return events_; }
  [[nodiscard]] Webhooks& webhooks() { return webhooks_; }
  [[nodiscard]] audit::Sealer& sealer() { return audit_.sealer(); }
  [[nodiscard]] Mails& mails() { return mails_; }
  [[nodiscard]] Notifications& notifications() { return notifications_; }
  [[nodiscard]] const UnsubscribeLinks& unsubscribe_links() const { return unsubscribe_links_; }
  // The mails that are kept in the process; null where they leave it.
  [[nodiscard]] const mail::MemoryMailer* kept_mails() const { return mail_transport_.kept_mails(); }
  [[nodiscard]] JobSystem& jobs() { return jobs_; }
  [[nodiscard]] Realtime* realtime() { return realtime_.get(); }  // null: it is off
  // What is shown beside the figures of requests; a server adds its own when it is made.
  [[nodiscard]] observe::MetricSources& metrics() { return metrics_; }

 private:
  [[nodiscard]] web::Routes routes();
  [[nodiscard]] web::AppOptions app_options();
  [[nodiscard]] api::RateLimitStore& share_rate_limits();
  [[nodiscard]] api::RateLimitStore& guess_counts();
  void prepare_looks();
  [[nodiscard]] std::unique_ptr<Realtime> make_realtime();
  [[nodiscard]] std::optional<sql::postgres::SubscriberOptions> change_subscriber() const;
  [[nodiscard]] api::UnitOptions unit_options();
  [[nodiscard]] api::CommitListener commit_listener();
  static Task<> wake_sealer(Application* application);
  Task<> note_write(const api::Call& call);
  [[nodiscard]] std::optional<StoredKeySet> read_jwt_keys();
  [[nodiscard]] auth::TokenOptions token_options() const;

  const Settings settings_;
  Dependencies dependencies_;
  sql::Replicas no_replicas_;
  sql::Replicas& replicas_;
  PasswordServices password_services_;
  std::unique_ptr<api::RateLimitStore> guess_counts_;
  Guessing guessing_;
  DeviceTokens devices_;
  auth::MemoryRevocations revocations_;
  instances::InstanceRegister instances_;
  instances::LookLoop looks_;
  instances::RevocationSync revocation_sync_;
  std::optional<instances::WriteBroadcast> write_broadcast_;  // with Redis and replicas
  Authorities authorities_;
  ApiKeys api_keys_;
  AuthoritySync authority_sync_;
  const GrantOptions grant_options_;
  const ApiKeyOptions api_key_options_;
  auth::SecretBox secret_box_;
  JwtKeyStore jwt_key_store_;
  const std::optional<StoredKeySet> first_jwt_keys_;  // as they were at the start; nullopt with HS256
  auth::Tokens tokens_;
  JwtKeys jwt_keys_;
  events::Bus bus_;
  api::Units units_;
  EventServices events_;
  JobSystem jobs_;
  MailTransport mail_transport_;
  const UnsubscribeLinks unsubscribe_links_;
  Mails mails_;
  Notifications notifications_;
  AccountMails account_mails_;
  const Challenges challenges_;
  Sessions sessions_;
  Webhooks webhooks_;
  SecondFactors second_factors_;
  Oauth oauth_;
  std::optional<Passkeys> passkeys_;
  PasskeySupport passkey_support_;
  Readiness readiness_;
  std::unique_ptr<cache::RedisLevel> cache_level_;  // null where there is no Redis
  cache::Cache cache_;
  sql::Cursors cursors_;
  Products products_;
  AccountCascade account_cascade_;
  PaymentServices payment_services_;
  AuditTrail audit_;
  Exports exports_;
  const AccountExportOptions account_export_;
  OrderExpiry order_expiry_;
  grpc::Server grpc_;
  mcp::Server mcp_;
  std::unique_ptr<Realtime> realtime_;  // null: it is off
  graphql::Server graphql_;
  observe::MetricSources metrics_;
  std::optional<api::RedisRateLimits> redis_rate_limits_;
  web::App app_;
};

}  // namespace ashlar::backend
