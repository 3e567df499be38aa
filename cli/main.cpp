// SPDX-License-Identifier: Apache-2.0
#include "backend/version.hpp"
#include "cli/client.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"
#include "cli/migrate_lint.hpp"
#include "cli/suggestions.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>

// The command line: what there is to say, and what it means. The work is done in the commands' own files.
namespace ashlar::cli {
namespace {

using Command = std::function<int()>;

// What the arguments are read into, and the command that was chosen.
struct CommandLine {
  Command chosen;
  Serve serve;
  Run run = Run::real;
  std::size_t steps = 1;
  std::int64_t wait_seconds = 60;
  NewMigration migration;
  LintMigrations lint;
  FileCommand backup;
  DoctorOutput doctor_output = DoctorOutput::table;
  ProtoOutput proto_output = ProtoOutput::proto;
  ClientCommand client;
  NewAccount account;
  AccountList list;
  std::string email;
  std::string word;
  AccessQuestion access;
  KeyRotation rotation;
  AuditVerification audit;
  Seed seed;
  NewCertificate certificate;
  WorkerCommand worker;
  JobList job_list;
  QueueCommand queue;
  Output output = Output::table;
  std::vector<std::string> fields;
  std::string method = "get";
};

constexpr const char* examples = R"(
Examples:
  ashlar serve --port 4000               serve on http://localhost:4000
  ashlar migrate status                  what is applied and what is not
  ashlar user create ada@example.com --name Ada --role admin
  ashlar user grant ada@example.com create:product
  ashlar openapi > openapi.json
  ashlar proto > api.proto
  ashlar client typescript --output src/api

Settings come from the environment and from .env in this folder: see docs/guide/configuration.md.
)";

void add_proto(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("proto", "The API as protobuf, for clients of gRPC and Connect");
  command->add_flag_callback(
      "--lock", [&] { line.proto_output = ProtoOutput::lock; }, "The numbers of its fields, for backend/proto.lock");
  command->callback([&] { line.chosen = [&] { return print_proto(line.proto_output); }; });
}

void add_client(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("client", "Clients of the API for other languages");
  command->require_subcommand(1);
  auto* typescript = command->add_subcommand("typescript", "A client for browsers and Node.js, without dependencies");
  typescript->add_option("--output", line.client.folder, "The folder for its files (client)");
  typescript->add_option("--openapi", line.client.openapi_file, "Of another program's OpenAPI description, a file");
  typescript->footer("Replaces the files of an earlier run, and no others.");
  typescript->callback([&] { line.chosen = [&] { return write_typescript_client(line.client); }; });
}

void add_serve(CLI::App& app, CommandLine& line) {
  auto* command =
      app.add_subcommand("serve", "Serve the API until SIGTERM or SIGINT; SIGHUP reloads certificate and log level");
  command->add_option("--host", line.serve.host, "Address to listen on (HOST, 0.0.0.0)");
  command->add_option("--port", line.serve.port, "Port to listen on; 0 takes a free one (PORT, 3000)");
  command->add_option("--loops", line.serve.loops, "Event loops; 0 is one for each core (LOOPS, 0)")
      ->check(CLI::Range(0, 256));
  using Migrate = Serve::Migrate;
  auto* migrate = command->add_flag_callback(
      "--migrate", [&] { line.serve.migrate = Migrate::yes; },
      "Apply pending migrations first (MIGRATE_ON_START; yes but in production)");
  command
      ->add_flag_callback(
          "--no-migrate", [&] { line.serve.migrate = Migrate::no; }, "Refuse to start when there are any")
      ->excludes(migrate);
  command->callback([&] { line.chosen = [&] { return serve(line.serve); }; });
}

void add_migrate_new(CLI::App& app, CommandLine& line) {
  using For = NewMigration::For;
  auto* command =
      app.add_subcommand("new", "Write the next migration, from what the models have and the others do not");
  command->add_option("name", line.migration.name, "What it is called: a-z, 0-9 and _")->required();
  command->add_option("--folder", line.migration.folder, "Where its files go (backend/migrations)");
  command->add_option("--postgres", line.migration.postgres_url,
                      "A database of PostgreSQL's to try it on; nothing is left there (DATABASE_URL, when it is one)");
  command
      ->add_option_function<std::string>(
          "--only",
          [&](const std::string& which) { line.migration.databases = which == "sqlite" ? For::sqlite : For::postgres; },
          "For sqlite or postgres alone")
      ->check(CLI::IsMember({"sqlite", "postgres"}));
  command->footer("Review the files, above all their lines -- REVIEW, before you build with them.");
  command->callback([&] { line.chosen = [&] { return migrate_new(line.migration); }; });
}

void add_migrate_lint(CLI::App& app, CommandLine& line) {
  using Which = LintMigrations::Which;
  using For = LintMigrations::For;
  auto* command = app.add_subcommand("lint", "Find migrations that break the running version or lock large tables");
  auto* folder = command->add_option("--folder", line.lint.folder, "Their folder (backend/migrations or migrations)");
  auto* since = command->add_option("--since", line.lint.since, "The last migration of the version that runs");
  since->check(CLI::Range(0, 9999));
  auto* all = command->add_flag_callback(
      "--all", [&] { line.lint.which = Which::all; }, "Each migration, also those that lint.txt skips");
  auto* only = command->add_option_function<std::string>(
      "--only",
      [&](const std::string& which) { line.lint.databases = which == "sqlite" ? For::sqlite : For::postgres; },
      "For sqlite or postgres alone");
  only->check(CLI::IsMember({"sqlite", "postgres"}));
  all->excludes(since);
  auto* pending = command->add_flag_callback(
      "--pending", [&] { line.lint.which = Which::pending; }, "What this binary would apply to the database");
  for (auto* other : {folder, since, all, only}) pending->excludes(other);
  command->add_flag_callback("--json", [&] { line.lint.output = Output::json; }, "As JSON");
  command->footer("Ends with 1 when there is a finding. See docs/guide/migrations.md.");
  command->callback([&] { line.chosen = [&] { return migrate_lint(line.lint); }; });
}

void add_migrate(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("migrate", "Look at the database's schema, and change it");
  command->require_subcommand(1);
  command->add_subcommand("status", "Every migration, and whether it is applied")->callback([&] {
    line.chosen = migrate_status;
  });
  add_migrate_new(*command, line);
  add_migrate_lint(*command, line);
  auto* up = command->add_subcommand("up", "Apply what is pending");
  up->callback([&] { line.chosen = [&] { return migrate_up(line.run, std::chrono::seconds(line.wait_seconds)); }; });
  auto* down = command->add_subcommand("down", "Take the last ones back; what is in their tables is lost");
  down->add_option("--steps", line.steps, "How many (1)")->check(CLI::Range(1, 10'000));
  down->callback([&] {
    line.chosen = [&] { return migrate_down(line.steps, line.run, std::chrono::seconds(line.wait_seconds)); };
  });
  for (auto* each : {up, down}) {
    each->add_option("--wait", line.wait_seconds, "Seconds to wait for another one that migrates (60)")
        ->check(CLI::Range(0, 86'400));
    each->add_flag_callback("--dry-run", [&] { line.run = Run::dry; }, "Print the SQL and change nothing");
  }
}

void add_backup(CLI::App& app, CommandLine& line) {
  const auto add = [&](const char* name, const char* help, const char* force, int (*run)(const FileCommand&)) {
    auto* command = app.add_subcommand(name, help);
    command->add_option("file", line.backup.file, "The backup's file")->required();
    command->add_flag_callback("--force", [&] { line.backup.force = FileCommand::Force::yes; }, force);
    command->callback([&line, run] { line.chosen = [&line, run] { return run(line.backup); }; });
    return command;
  };
  add("backup", "Copy the SQLite database into one file, while the server runs", "Replace a file that is there already",
      back_up)
      ->footer("The copy is checked, and its checksum is written into FILE.sha256. For PostgreSQL: see pg_dump.");
  add("restore", "Put a backup into the SQLite database's place; no server may run",
      "Replace the database that is there already", restore)
      ->footer("The file is checked first, also against FILE.sha256 when that is there.");
}

void add_doctor(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand(
      "doctor", "Look for what is wrong: configuration, database, migrations, files, disk, clock; changes nothing");
  command->add_flag_callback("--json", [&] { line.doctor_output = DoctorOutput::json; }, "As JSON");
  command->footer("Ends with 1 when there is a finding.");
  command->callback([&] { line.chosen = [&] { return doctor(line.doctor_output); }; });
}

void add_health(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("health", "Whether the server on this machine is ready, for health checks");
  command->footer("Asks for /health/ready on HOST and PORT, for 3 s. Ends with 1 unless the answer is 200.");
  command->callback([&] { line.chosen = health; });
}

void add_user(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("user", "Accounts, roles and permissions");
  command->require_subcommand(1);
  command->footer(
      "Passwords are asked for on a terminal, and read from standard input elsewhere.\n"
      "A server that runs minds what changed within REVOCATION_DELAY_MAX.");

  auto* create = command->add_subcommand("create", "Make an account");
  create->add_option("email", line.account.email, "The account's e-mail address")->required();
  create->add_option("--name", line.account.name, "The person's name")->required();
  create->add_option("--role", line.account.role, "user or admin (user)");
  create->callback([&] { line.chosen = [&] { return user_create(line.account); }; });

  auto* list = command->add_subcommand("list", "Accounts, newest first");
  list->add_option("--search", line.list.search, "Part of a name or an e-mail address");
  list->add_option("--page", line.list.page, "Which page (1)")->check(CLI::Range(1, 1'000'000));
  list->add_option("--limit", line.list.limit, "Accounts a page (20)")->check(CLI::Range(1, 100));
  list->callback([&] { line.chosen = [&] { return user_list(line.list); }; });

  const auto add = [&](const char* name, const char* help, const char* argument, Command run) {
    auto* sub = command->add_subcommand(name, help);
    sub->add_option("email", line.email, "The account's e-mail address")->required();
    if (argument != nullptr) sub->add_option(argument, line.word)->required();
    sub->callback([&line, run = std::move(run)] { line.chosen = run; });
  };
  add("password", "Set another password, and end the account's sessions", nullptr,
      [&] { return user_password(line.email); });
  add("mfa-reset", "Turn a lost second factor off, and end the account's sessions", nullptr,
      [&] { return user_mfa_reset(line.email); });
  add("role", "Give another role", "role", [&] { return user_role(line.email, line.word); });
  add("grant", "Give a permission, such as create:product", "permission",
      [&] { return user_grant(line.email, line.word); });
  add("revoke", "Take a permission back", "permission", [&] { return user_revoke(line.email, line.word); });
  add("remove", "Remove an account and its posts; its pending orders are cancelled", nullptr,
      [&] { return user_remove(line.email); });
}

void add_authz(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("authz", "What accounts may do");
  command->require_subcommand(1);
  auto* explain = command->add_subcommand("explain", "Whether an account may do something now, and why");
  explain->add_option("user", line.access.user, "The account's e-mail address or id")->required();
  explain->add_option("permission", line.access.permission, "Such as update:post")->required();
  explain->add_option("resource", line.access.resource, "The type of one object, such as post");
  explain->add_option("id", line.access.resource_id, "Its id");
  explain->footer("Ends with 1 when the account may not.");
  explain->callback([&] { line.chosen = [&] { return authz_explain(line.access); }; });
}

void add_events(CLI::App& app, CommandLine& line) {
  auto* events = app.add_subcommand("events", "The stored events and their consumers");
  events->require_subcommand(1);
  auto* list = events->add_subcommand("list", "Each consumer, what waits for it and which instance reads");
  list->callback([&] { line.chosen = [] { return events_list(); }; });
  auto* forget = events->add_subcommand("forget", "Remove a consumer, whose events are not kept any longer");
  forget->add_option("name", line.word, "Its name, as list shows it")->required();
  forget->callback([&] { line.chosen = [&] { return events_forget(line.word); }; });
  auto* webhooks = app.add_subcommand("webhooks", "The endpoints that events are sent to");
  webhooks->require_subcommand(1);
  auto* endpoints = webhooks->add_subcommand("list", "Each endpoint with its deliveries");
  endpoints->callback([&] { line.chosen = [] { return webhooks_list(); }; });
}

void add_keys(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("keys", "The keys that sign access tokens, where JWT_ALGORITHM is not HS256");
  command->require_subcommand(1);
  auto* list = command->add_subcommand("list", "Every key, and what it does now");
  list->callback([&] { line.chosen = [&] { return keys_list(line.rotation.output); }; });
  auto* rotate =
      command->add_subcommand("rotate", "Publish a new key that signs later; the former one goes on to verify");
  rotate->add_option("--lead", line.rotation.lead_seconds, "Seconds until the new key signs (600)")
      ->check(CLI::Range(0, 30 * 86'400));
  rotate
      ->add_option("--overlap", line.rotation.overlap_seconds,
                   "Seconds that the former key verifies after it has ceased to sign (86400)")
      ->check(CLI::Range(1, 30 * 86'400));
  rotate->callback([&] { line.chosen = [&] { return keys_rotate(line.rotation); }; });
  auto* remove = command->add_subcommand("remove", "Refuse the tokens of a key that leaked");
  remove->add_option("id", line.word, "Its id")->required();
  remove->callback([&] { line.chosen = [&] { return keys_remove(line.word, line.rotation.output); }; });
  for (auto* each : {list, rotate, remove})
    each->add_flag_callback("--json", [&] { line.rotation.output = KeysOutput::json; }, "As JSON");
}

void add_audit(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("audit", "The audit trail: verify it, prove an entry, erase personal data");
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, Command run) {
    auto* sub = command->add_subcommand(name, help);
    sub->add_flag_callback("--json", [&line] { line.audit.output = AuditOutput::json; }, "As JSON");
    sub->callback([&line, run = std::move(run)] { line.chosen = run; });
    return sub;
  };
  add("verify", "Find every sealed entry that was changed, removed, inserted or moved",
      [&line] { return audit_verify(line.audit); })
      ->footer("Ends with 1 when it finds something.")
      ->add_option("--checkpoint", line.audit.checkpoint_files,
                   "A file with a checkpoint that was published; may be given again");
  add("checkpoint", "Seal what is committed, and print the signed size and root",
      [&line] { return audit_checkpoint(line.audit.output); });
  add("proof", "Print the proof of an entry, as JSON", [&line] { return audit_proof(line.word); })
      ->add_option("id", line.word, "The entry's id")
      ->required();
  add("erase", "Erase an account's personal data in the trail; the entries and their proofs stay",
      [&line] { return audit_erase(line.word, line.audit.output); })
      ->add_option("user", line.word, "The account's e-mail address or id")
      ->required();
  add("trim", "Remove the entries from before a day, in groups of 256; the proofs of the others stay",
      [&line] { return audit_trim(line.word, line.audit.output); })
      ->add_option("--before", line.word, "A date, such as 2026-01-01, or a moment")
      ->required();
}

void add_development(CLI::App& app, CommandLine& line) {
  auto* seeding = app.add_subcommand("seed", "Fill an empty development database with users and products");
  seeding->add_option("--users", line.seed.users, "How many (10000); their password is \"password\"")
      ->check(CLI::Range(0, 1'000'000));
  seeding->add_option("--products", line.seed.products, "How many (50000)")->check(CLI::Range(0, 10'000'000));
  seeding->callback([&] { line.chosen = [&] { return seed(line.seed); }; });
  auto* token = app.add_subcommand("token", "Print an access token of an account's (development)");
  token->add_option("email", line.email, "The account's e-mail address")->required();
  token->callback([&] { line.chosen = [&] { return print_token(line.email); }; });
}

void add_worker(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("worker", "Run jobs, and serve nothing, until SIGTERM or SIGINT");
  command->add_option("--concurrency", line.worker.concurrency, "Jobs at the same time (JOB_CONCURRENCY, 32)")
      ->check(CLI::Range(1, 10'000));
  command->add_option("--queue", line.worker.queues, "Run jobs of this queue; may be given again (JOB_QUEUES, all)");
  command->callback([&] { line.chosen = [&] { return work(line.worker); }; });
}

void add_jobs(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("jobs", "List, retry and cancel jobs; pause and limit queues");
  command->require_subcommand(1);
  const auto add_json = [](CLI::App* to, Output& output) {
    to->add_flag_callback("--json", [&output] { output = Output::json; }, "As JSON");
  };
  auto* list = command->add_subcommand("list", "Jobs, the newest first");
  list->add_option("--status", line.job_list.status, "Of this status only")
      ->check(CLI::IsMember({"waiting", "scheduled", "running", "failed", "done", "cancelled", "dead"}));
  list->add_option("--queue", line.job_list.queue, "Of this queue only");
  list->add_option("--kind", line.job_list.kind, "Of this kind only");
  list->add_option("--limit", line.job_list.limit, "How many (20)")->check(CLI::Range(1, 10'000));
  add_json(list, line.job_list.output);
  list->callback([&] { line.chosen = [&] { return jobs_list(line.job_list); }; });
  const auto add = [&](const char* name, const char* help, int (*run)(const std::string&, Output)) {
    auto* sub = command->add_subcommand(name, help);
    sub->add_option("id", line.word, "The id of the job")->required();
    add_json(sub, line.output);
    sub->callback([&line, run] { line.chosen = [&line, run] { return run(line.word, line.output); }; });
  };
  add("retry", "Run a dead or cancelled job again, or a failed or scheduled one now", jobs_retry);
  add("cancel", "Cancel an unfinished job; a running one ends within two seconds", jobs_cancel);
  auto* queues = command->add_subcommand("queues", "Queues with their counts; changes the one that is named");
  queues->add_option("name", line.queue.name, "The queue to change");
  using State = QueueCommand::State;
  auto* pause = queues->add_flag_callback("--pause", [&] { line.queue.state = State::pause; }, "Begin no more jobs");
  queues->add_flag_callback("--resume", [&] { line.queue.state = State::resume; }, "Begin jobs again")->excludes(pause);
  queues->add_option("--concurrency", line.queue.concurrency, "Jobs at the same time, on all instances; 0: any number")
      ->check(CLI::Range(0, 1'000'000));
  queues->add_option("--per-minute", line.queue.rate_per_minute, "Jobs that begin in a minute; 0: any number")
      ->check(CLI::Range(0, 100'000'000));
  add_json(queues, line.queue.output);
  queues->callback([&] { line.chosen = [&] { return jobs_queues(line.queue); }; });
}

void add_cert(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("cert", "Make a self-signed TLS certificate, for development");
  command->add_option("--cert", line.certificate.certificate_file, "Its file (data/certificate.pem)");
  command->add_option("--key", line.certificate.key_file, "The private key's file (data/key.pem)");
  command->add_option("--name", line.certificate.names,
                      "A DNS name or an address; may be given again (localhost, 127.0.0.1, ::1)");
  command->add_option("--days", line.certificate.days, "How long it is valid (365)")->check(CLI::Range(1, 3650));
  command->callback([&] { line.chosen = [&] { return make_certificate(line.certificate); }; });
}

void add_scaffolding(CLI::App& app, CommandLine& line) {
  auto* project = app.add_subcommand("new", "Write a new project that uses the library, in a folder of its name");
  project->add_option("name", line.word, "a-z, 0-9, - and _")->required();
  project->callback([&] { line.chosen = [&] { return new_project(line.word); }; });

  auto* generate = app.add_subcommand("generate", "Add to the project in this folder, which ashlar new made");
  generate->require_subcommand(1);
  auto* entity = generate->add_subcommand("entity", "A table, its routes, a test and a migration");
  entity->add_option("name", line.word, "One of them: book, order_line")->required();
  entity->add_option("fields", line.fields, "NAME:TYPE, such as title:text pages:int sold_at:time?")->required();
  entity->footer("Types: text, prose, int, bool, money, email, time, uuid. With ? the field may be absent.");
  entity->callback([&] { line.chosen = [&] { return generate_entity(line.word, line.fields); }; });
  auto* endpoint = generate->add_subcommand("endpoint", "A route with its operation, and a test");
  endpoint->add_option("name", line.word, "The operation: greet")->required();
  endpoint->add_option("--method", line.method, "get, post or patch (get)")
      ->check(CLI::IsMember({"get", "post", "patch"}));
  endpoint->callback([&] { line.chosen = [&] { return generate_endpoint(line.word, line.method); }; });
  auto* job = generate->add_subcommand("job", "A background job with its handler, and a test");
  job->add_option("name", line.word, "What it does: send_report")->required();
  job->callback([&] { line.chosen = [&] { return generate_job(line.word); }; });
  auto* migration = generate->add_subcommand("migration", "The files of the next migration");
  migration->add_option("name", line.word, "What it does: add_shelf")->required();
  migration->callback([&] { line.chosen = [&] { return generate_migration(line.word); }; });
}

int run_command_line(int argc, char** argv) {
  CommandLine line;
  CLI::App app("Ashlar: a backend in one binary.", "ashlar");
  app.set_version_flag("--version", "ashlar " + std::string(backend::version()));
  app.require_subcommand(1);
  app.footer(examples);
  add_serve(app, line);
  add_worker(app, line);
  add_jobs(app, line);
  add_migrate(app, line);
  add_backup(app, line);
  add_doctor(app, line);
  add_health(app, line);
  app.add_subcommand("routes", "Every route: method, path, guard, limit, summary")->callback([&] {
    line.chosen = print_routes;
  });
  app.add_subcommand("openapi", "The API's OpenAPI 3.1 description, as JSON")->callback([&] {
    line.chosen = print_openapi;
  });
  add_proto(app, line);
  app.add_subcommand("graphql", "GraphQL")
      ->require_subcommand(1)
      ->add_subcommand("schema", "The types of /graphql, in GraphQL's schema language")
      ->callback([&] { line.chosen = print_graphql_schema; });
  add_client(app, line);
  add_cert(app, line);
  add_user(app, line);
  add_authz(app, line);
  add_keys(app, line);
  add_audit(app, line);
  add_events(app, line);
  add_development(app, line);
  add_scaffolding(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const std::string unknown = error.get_exit_code() == 0 ? "" : unknown_argument(app, arguments);
    if (!unknown.empty()) throw ExitError(exit_usage, unknown + " Run ashlar --help for what there is.");
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  }
  return line.chosen();
}

}  // namespace
}  // namespace ashlar::cli

int main(int argc, char** argv) {
  using namespace ashlar;
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error of that write, not our end
  try {
    return cli::run_command_line(argc, argv);
  } catch (const cli::ExitError& stop) {
    std::fprintf(stderr, "ashlar: %s\n", stop.what());
    return stop.exit_code();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ashlar: %s\n", error.what());
    return cli::exit_failed;
  }
}
