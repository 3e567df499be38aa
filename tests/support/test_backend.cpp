// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_backend.hpp"

#include "ashlar/async/task_scope.hpp"
#include "ashlar/auth/revocations.hpp"
#include "ashlar/sql/logged.hpp"
#include "ashlar/sql/open.hpp"
#include "backend/schema_version.hpp"
#include "tests/support/postgres_server.hpp"

#include <algorithm>
#include <cstdlib>
#include <latch>
#include <stdexcept>
#include <thread>
#include <utility>

namespace ashlar::test {

namespace {

backend::Settings test_settings(const TestBackend::ChangeSettings& change) {
  backend::Settings out;
  out.stage = backend::Stage::test;
  out.tokens.access_secret = "the access secret of the tests, long enough";
  out.tokens.refresh_secret = "the refresh secret of the tests, long enough";
  out.secret_keys = {{.id = "tests", .key = "the secret key of these tests..."}};
  out.bcrypt_cost = 4;
  out.password_guess_bits_min = 12;  // "a long password" has 26
  out.rate_limit_max = 0;
  out.payments.answer_wait_max = std::chrono::milliseconds(0);  // the tests run its job
  out.passkeys.relying_party = {.id = "example.org", .origins = {"https://example.org"}};
  change(out);
  return out;
}

// Our own faults appear next to the test's own complaint.
log::LogOptions faults_only() {
  log::LogOptions out;
  out.level = log::Level::error;
  out.security_level = log::Level::error;
  out.console = log::LogOptions::Console::standard_error;
  return out;
}

Person person_of(const web::TestReply& reply, std::string email) {
  if (reply.status != 200 && reply.status != 201) throw std::runtime_error("signing in failed: " + reply.body);
  return {.id = reply.at("/data/user/id"),
          .email = std::move(email),
          .token = reply.at("/data/accessToken"),
          .refresh_token = reply.at("/data/refreshToken")};
}

bool on_postgres() {
  const char* kind = std::getenv("ASHLAR_TEST_DATABASE");
  return kind != nullptr && std::string_view(kind) == "postgres";
}

std::unique_ptr<sql::Database> opened(const std::string& url) {
  auto database = sql::open_database(url);
  if (!database) throw std::runtime_error(database.error().message() + " " + database.error().cause());
  return std::move(*database);
}

void migrate(sql::Database& database, const Clock& clock) {
  if (auto migrated = backend::migrate_up(database, clock); !migrated)
    throw std::runtime_error(migrated.error().message() + " " + migrated.error().cause());
}

// The name of a database on the shared server that has the schema.
std::string make_migrated_database() {
  const std::string url = tests::PostgresServer::shared().new_database();
  const auto database = opened(url);
  migrate(*database, ManualClock(Timestamp::parse("2026-05-04T08:30:00Z").value()));
  database->close();
  return url.substr(url.rfind('/') + 1);
}

}  // namespace

std::string new_database_url() {
  return on_postgres() ? tests::PostgresServer::shared().new_database() : "sqlite::memory:";
}

std::string prepared_database_url() {
  if (!on_postgres()) return new_database_url();
  static const std::string migrated = make_migrated_database();
  return tests::PostgresServer::shared().new_database(migrated);
}

TestBackend::TestBackend(const std::string& database_url, std::optional<log::LogOptions> log, backend::Stage stage)
    : TestBackend([stage](backend::Settings& out) { out.stage = stage; }, database_url, std::move(log)) {}

TestBackend::TestBackend(ChangeSettings change, const std::string& database_url, std::optional<log::LogOptions> log)
    : settings_(test_settings(change)),
      clock_(Timestamp::parse("2026-05-04T08:30:00Z").value()),
      logger_(log ? std::move(*log) : faults_only(), clock_) {
  database_ = std::make_unique<sql::LoggedDatabase>(opened(database_url), logger_);
  migrate(*database_, clock_);
  restart();
}

TestBackend::~TestBackend() {
  application_->cache().close();
  application_->oauth().close();
  application_->payment_services().close();
  for (const auto& instance : other_instances_) instance->cache().close();
  // PostgreSQL's driver would wait a second for each loop, which no longer runs; a loop that is gone is no reason to
  // wait.
  if (database_->dialect() == sql::Dialect::postgres) clients_.clear();
  database_->close();
}

void TestBackend::restart() {
  application_ = std::make_unique<backend::Application>(
      settings_, backend::Dependencies{.clock = clock_, .random = random_, .logger = logger_, .database = *database_});
  clients_.push_back(std::make_unique<web::TestClient>(application_->app()));
}

Person TestBackend::person(const std::string& name) {
  const std::string email = name + "@example.com";
  return person_of(client().post("/api/auth/register", R"({"name": ")" + name + R"(", "email": ")" + email +
                                                           R"(", "password": ")" + password + R"("})"),
                   email);
}

Person TestBackend::admin() {
  if (client().post("/api/auth/login", R"({"email": "admin@example.com", "password": "a long password"})").status !=
      200) {
    (void)person("admin");
    run("update users set role = 'admin' where email = 'admin@example.com'");
  }
  return sign_in("admin@example.com");
}

Person TestBackend::person_with(const std::string& name, const std::vector<std::string>& permissions) {
  const Person made = person(name);
  for (const std::string& permission : permissions) {
    run("insert into user_permissions (user_id, permission, created_at) values ($1, $2, $3)",
        {Uuid::parse(made.id).value(), permission, clock_.now()});
  }
  return sign_in(made.email);
}

Person TestBackend::sign_in(const std::string& email) {
  return person_of(
      client().post("/api/auth/login", R"({"email": ")" + email + R"(", "password": ")" + password + R"("})"), email);
}

BadTokens TestBackend::bad_tokens() {
  if (bad_tokens_) return *bad_tokens_;
  const Person whose = person("bad-tokens");
  auto& ended = bad_tokens_.emplace();
  ended.refresh = whose.refresh_token;

  const Person gone = sign_in(whose.email);
  ended.revoked = gone.token;
  if (as(gone, http::Method::post, "/api/auth/logout").status != 204) throw std::runtime_error("logout failed");

  const auth::Principal principal{.id = Uuid::parse(whose.id).value(),
                                  .session = Uuid::make(clock_, random_),
                                  .token_id = {},
                                  .email = whose.email,
                                  .role = "admin",
                                  .permissions = {},
                                  .expires_at = {}};
  const ManualClock past(clock_.now() - std::chrono::hours{1});
  const auth::MemoryRevocations nothing(past);
  auth::TokenOptions options = settings_.tokens;
  ended.expired = auth::Tokens(options, past, random_, nothing).issue_access(principal).token;
  options.access_secret = "a secret that another party has just made up";
  ended.forged = auth::Tokens(options, clock_, random_, nothing).issue_access(principal).token;
  return ended;
}

void TestBackend::run_jobs() {
  const auto ran = async::run_to_end(client().loop(), application_->jobs().worker().run_due());
  if (!ran) throw std::runtime_error(ran.error().message() + " " + ran.error().cause());
}

std::vector<mail::Message> TestBackend::mails_to(const std::string& address) {
  run_jobs();
  std::vector<mail::Message> out = application_->kept_mails()->kept();
  std::erase_if(out, [&](const mail::Message& message) { return message.to.address.view() != address; });
  return out;
}

std::string TestBackend::mailed_token(const std::string& address, const std::string& subject) {
  const std::string_view before = "#token=";
  for (const mail::Message& message : mails_to(address)) {
    if (message.subject.view() != subject) continue;
    const std::string& text = message.text.str();
    const std::size_t at = text.find(before);
    if (at == text.npos) break;
    return text.substr(at + before.size(), text.find('\n', at) - at - before.size());
  }
  throw std::runtime_error("no mail to " + address + " has a token: " + subject);
}

web::TestReply TestBackend::as(const Person& who, http::Method method, std::string target, std::string body) {
  return client().send({.method = method,
                        .target = std::move(target),
                        .headers = {{"Authorization", "Bearer " + who.token}},
                        .body = std::move(body)});
}

web::TestClient& TestBackend::new_client(backend::Application& of) {
  return **clients_.emplace(clients_.begin(), std::make_unique<web::TestClient>(of.app()));
}

backend::Application& TestBackend::new_instance(const std::function<void(backend::Settings&)>& change) {
  backend::Settings changed = settings_;
  if (change) change(changed);
  return *other_instances_.emplace_back(std::make_unique<backend::Application>(
      std::move(changed),
      backend::Dependencies{.clock = clock_, .random = random_, .logger = logger_, .database = *database_}));
}

std::vector<int> TestBackend::at_once(const std::vector<web::TestRequest>& requests) {
  std::vector<int> statuses(requests.size());
  std::vector<std::thread> running;
  std::latch ready(static_cast<std::ptrdiff_t>(requests.size()));
  for (std::size_t i = 0; i < requests.size(); ++i) {
    auto& client = new_client();
    running.emplace_back([&status = statuses[i], &client, &ready, &request = requests[i]] {
      ready.arrive_and_wait();
      status = client.send(request).status;
    });
  }
  for (std::thread& thread : running) thread.join();
  std::ranges::sort(statuses);
  return statuses;
}

void TestBackend::run(const std::string& sql, std::vector<sql::Value> parameters) {
  auto done = database_->query_blocking(
      {.sql = sql, .parameters = std::move(parameters), .mode = sql::Mode::write, .on_row = {}});
  if (!done) throw std::runtime_error(done.error().message() + " " + done.error().cause());
  application_->authorities().invalidate(std::nullopt);  // a server would read it within REVOCATION_DELAY_MAX
}

}  // namespace ashlar::test
