// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The commands of `ashlar`, one file each. They return an exit code, or throw cli::ExitError.
namespace ashlar::cli {

struct Serve {
  std::optional<std::string> host;
  std::optional<std::uint16_t> port;
  std::optional<std::size_t> loops;
  enum class Migrate : std::uint8_t { as_set, yes, no } migrate = Migrate::as_set;  // as_set: MIGRATE_ON_START
};
int serve(const Serve& wanted);

struct WorkerCommand {
  std::optional<std::size_t> concurrency;
  std::vector<std::string> queues;  // empty: JOB_QUEUES
};
// Runs jobs and serves nothing, until SIGTERM or SIGINT.
int work(const WorkerCommand& wanted);

enum class Output : std::uint8_t { table, json };
struct JobList {
  std::string status;
  std::string queue;
  std::string kind;
  std::int64_t limit = 20;
  Output output = Output::table;
};
int jobs_list(const JobList& wanted);
int jobs_retry(const std::string& id, Output output);
int jobs_cancel(const std::string& id, Output output);
// Prints the queues, after changing the one that is named.
struct QueueCommand {
  std::string name;
  enum class State : std::uint8_t { as_it_is, pause, resume } state = State::as_it_is;
  std::optional<std::int64_t> concurrency;
  std::optional<std::int64_t> rate_per_minute;
  Output output = Output::table;
};
int jobs_queues(const QueueCommand& wanted);

enum class Run : std::uint8_t { real, dry };
int migrate_status();
int migrate_up(Run run, std::chrono::milliseconds lock_wait_max);
int migrate_down(std::size_t steps, Run run, std::chrono::milliseconds lock_wait_max);

struct NewMigration {
  std::string name;
  std::string folder = "backend/migrations";
  std::string postgres_url;  // empty: DATABASE_URL, if it is a PostgreSQL URL
  enum class For : std::uint8_t { both, sqlite, postgres } databases = For::both;
};
int migrate_new(const NewMigration& wanted);

struct FileCommand {
  std::string file;
  enum class Force : std::uint8_t { no, yes } force = Force::no;
};
int back_up(const FileCommand& wanted);
int restore(const FileCommand& wanted);

enum class DoctorOutput : std::uint8_t { table, json };
int doctor(DoctorOutput output);

// Asks the server of these settings, on this machine, for /health/ready; returns exit_failed unless it answers 200.
int health();

struct NewCertificate {
  std::string certificate_file = "data/certificate.pem";
  std::string key_file = "data/key.pem";
  std::vector<std::string> names;  // empty: localhost, 127.0.0.1, ::1
  std::int64_t days = 365;
};
int make_certificate(const NewCertificate& wanted);

int print_routes();
int print_openapi();
enum class ProtoOutput : std::uint8_t { proto, lock };  // lock: the field numbers of backend/proto.lock, with new ones
int print_proto(ProtoOutput output);
int print_graphql_schema();

struct NewAccount {
  std::string email;
  std::string name;
  std::string role = "user";
};
struct AccountList {
  std::string search;
  std::int64_t page = 1;
  std::int64_t limit = 20;
};
int user_create(const NewAccount& account);
int user_list(const AccountList& wanted);
int user_password(const std::string& email);
int user_role(const std::string& email, const std::string& role);
int user_grant(const std::string& email, const std::string& permission);
int user_revoke(const std::string& email, const std::string& permission);
int user_mfa_reset(const std::string& email);
int user_remove(const std::string& email);

// Prints whether an account has a permission now, and why: the answer of GET /api/admin/authz/explain. Returns
// exit_failed when it has not.
struct AccessQuestion {
  std::string user;  // an e-mail address or an id
  std::string permission;
  std::string resource;  // with resource_id: one object; otherwise empty
  std::string resource_id;
};
int authz_explain(const AccessQuestion& question);

// The keys that sign access tokens, where JWT_ALGORITHM is not HS256. On PostgreSQL a command returns when every
// running server uses the change; on SQLite the server reads it within REVOCATION_DELAY_MAX.
enum class KeysOutput : std::uint8_t { table, json };
struct KeyRotation {
  std::int64_t lead_seconds = 600;       // between publishing the new key and signing with it
  std::int64_t overlap_seconds = 86400;  // how long the former key verifies after its last signature
  KeysOutput output = KeysOutput::table;
};
int keys_list(KeysOutput output);
int keys_rotate(const KeyRotation& wanted);
int keys_remove(const std::string& id, KeysOutput output);

// The audit trail: docs/guide/audit.md. verify ends with exit_failed when it finds something.
enum class AuditOutput : std::uint8_t { table, json };
struct AuditVerification {
  std::vector<std::string> checkpoint_files;  // published ones, which the tree is compared with
  AuditOutput output = AuditOutput::table;
};
int audit_verify(const AuditVerification& wanted);
int audit_checkpoint(AuditOutput output);
int audit_proof(const std::string& entry);  // always JSON
int audit_erase(const std::string& user, AuditOutput output);
int audit_trim(const std::string& keep_from, AuditOutput output);

// The outbox and its consumers, counted now; removing a consumer that is not used any more.
int events_list();
int events_forget(const std::string& consumer);
// The webhook endpoints with their deliveries, counted now.
int webhooks_list();

struct Seed {
  std::int64_t users = 10'000;
  std::int64_t products = 50'000;
};
int seed(const Seed& wanted);

int print_token(const std::string& email);

// A new project in a folder of this name, and additions to the project in the current folder. Throws ExitError for a
// name that is not allowed, a file that exists, and a folder that is no project; then nothing was written.
int new_project(const std::string& name);
int generate_entity(const std::string& name, const std::vector<std::string>& fields);
int generate_endpoint(const std::string& name, const std::string& method);  // get, post or patch
int generate_job(const std::string& name);
int generate_migration(const std::string& name);

}  // namespace ashlar::cli
