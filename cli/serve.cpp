// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/task_scope.hpp"
#include "ashlar/http/server.hpp"
#include "ashlar/service/loops_watch.hpp"
#include "ashlar/service/supervisor.hpp"
#include "ashlar/sql/logged.hpp"
#include "ashlar/web/metrics.hpp"
#include "backend/application.hpp"
#include "backend/development_secrets.hpp"
#include "backend/metrics_server.hpp"
#include "backend/realtime/realtime.hpp"
#include "backend/schema_version.hpp"
#include "backend/users/first_admin.hpp"
#include "backend/version.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"
#include "cli/signals.hpp"
#include "cli/tls.hpp"
#include "cli/warnings.hpp"
#include "cli/welcome.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace ashlar::cli {

namespace {

backend::Settings settings_of(const Serve& wanted) {
  backend::Settings settings = read_settings();
  if (wanted.host) settings.host = *wanted.host == "localhost" ? "127.0.0.1" : *wanted.host;
  if (wanted.port) settings.port = *wanted.port;
  if (wanted.loops) settings.loops = *wanted.loops;
  if (settings.stage == backend::Stage::development && isatty(STDOUT_FILENO) == 1)
    settings.log.style = log::Style::pretty;
  return settings;
}

void bring_schema_up(const backend::Settings& settings, const Serve& wanted, sql::Database& database,
                     const Clock& clock, log::Logger& logger) {
  const auto mismatch = value_or_exit(backend::schema_mismatch(database, clock));
  if (!mismatch) return;
  using Migrate = Serve::Migrate;
  const bool migrates = wanted.migrate == Migrate::yes || (wanted.migrate == Migrate::as_set &&
                                                           settings.migrate_on_start == backend::MigrateOnStart::yes);
  if (!migrates || mismatch->kind != backend::SchemaMismatch::Kind::behind)
    refuse(*mismatch, "ashlar migrate up (or ashlar serve --migrate)");
  const auto applied = value_or_exit(backend::migrate_up(database, clock));
  logger.info("migrations applied", {{"count", applied}});
}

http::Limits limits_of(const backend::Settings& settings) {
  return {.body_bytes_max = settings.body_bytes_max,
          .connections_max = settings.connections_max,
          .connections_per_address_max = settings.connections_per_address_max,
          .body_time_max = settings.body_time_max,
          .awaited_bodies_per_address_max = settings.awaited_bodies_per_address_max,
          .unsent_bytes_max = settings.unsent_bytes_max};
}

void report_first_admin(const backend::FirstAdminOutcome& outcome, log::Logger& logger) {
  using Kind = backend::FirstAdminOutcome::Kind;
  switch (outcome.kind) {
    case Kind::exists:
    case Kind::generated:
      return;  // the welcome text shows it
    case Kind::made:
      return logger.info("the first admin was created", {{"email", outcome.email}});
    case Kind::not_configured:
      return logger.warn(
          "there is no admin: set ADMIN_EMAIL and ADMIN_PASSWORD, or run ashlar user create --role admin");
    case Kind::email_is_user:
      return logger.error("ADMIN_EMAIL belongs to an account that is no admin: run ashlar user role",
                          {{"email", outcome.email}});
  }
}

http::ServerOptions server_options(const backend::Settings& settings, const service::Supervisor& supervisor) {
  return {.host = settings.host,
          .port = settings.port,
          .listening_socket = supervisor.listening_socket(),
          .loops = settings.loops,
          .limits = limits_of(settings),
          .protocols = settings.protocols,
          .proxy_protocol = {.networks = settings.proxy_protocol},
          .tls = settings.tls};
}

// What to do about a failure to listen; empty: the message says it.
std::string advice_about(std::error_code failure, const http::ServerOptions& options) {
  if (failure == std::errc::address_in_use)
    return "\n  Stop the program that uses the port (ss -ltnp 'sport = :" + std::to_string(options.port) +
           "' shows it), or choose another: --port N, or PORT=N";
  if (failure == std::errc::permission_denied)
    return "\n  Ports below 1024 need a privilege: choose another (--port N, or PORT=N), or serve behind a proxy";
  if (failure == std::errc::address_not_available)
    return "\n  No network interface of this machine has the address: --host 0.0.0.0, or HOST=0.0.0.0";
  return {};
}

http::Server listen_or_exit(const http::ServerOptions& options, http::Handler& handler) {
  try {
    return http::Server(options, handler);
  } catch (const std::system_error& failed) {
    throw ExitError(exit_failed, failed.what() + advice_about(failed.code(), options));
  }
}

service::Supervisor supervisor_or_exit() {
  try {
    return service::Supervisor();
  } catch (const std::invalid_argument& wrong) {
    throw ExitError(exit_config, wrong.what());
  }
}

std::string_view name_of(int signal) { return signal == SIGTERM ? "SIGTERM" : signal == SIGINT ? "SIGINT" : "SIGHUP"; }

void start(http::Server& server, http::Server* metrics, backend::Application& application, redis::Clients* redis) {
  std::vector<boost::asio::io_context*> loops;
  for (std::size_t i = 0; i < server.loops(); ++i) loops.push_back(&server.loop(i));
  if (redis != nullptr) redis->start(loops);
  application.start(loops);
  if (metrics != nullptr) metrics->start();  // it reads the statistics of the objects started above
  server.start();
}

// Stops the server, then the metrics server (so that the shutdown can be observed), then closes what their loops wait
// for: in this order, however serving ends.
class EndOfService {
 public:
  EndOfService(http::Server& server, http::Server* metrics, backend::Application& application,
               const backend::Dependencies& dependencies, std::chrono::milliseconds time_max)
      : server_(server),
        metrics_(metrics),
        application_(application),
        dependencies_(dependencies),
        time_max_(time_max) {}
  ~EndOfService() {
    const Clock::Steady until = dependencies_.clock.steady() + time_max_;
    if (backend::Realtime* realtime = application_.realtime()) realtime->server().drain();
    std::size_t cut_off = server_.stop(time_max_);
    if (metrics_ != nullptr) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - dependencies_.clock.steady());
      cut_off += metrics_->stop(std::max(left, std::chrono::milliseconds{0}));
    }
    if (cut_off > 0)
      dependencies_.logger.warn("connections were closed: they did not finish in time", {{"connections", cut_off}});
    application_.close();
    if (dependencies_.redis != nullptr) dependencies_.redis->close();
    dependencies_.database.close();
  }
  EndOfService(const EndOfService&) = delete;
  EndOfService& operator=(const EndOfService&) = delete;

 private:
  http::Server& server_;
  http::Server* metrics_;  // null: none
  backend::Application& application_;
  const backend::Dependencies& dependencies_;
  const std::chrono::milliseconds time_max_;
};

// A new certificate, a new log level; everything else needs a restart. A failure leaves everything unchanged.
void reload(const Serve& wanted, const Clock& clock, http::Server& server, backend::Settings& settings,
            log::Logger& logger) {
  logger.info("reloading", {{"signal", "SIGHUP"}});
  backend::Settings fresh;
  try {
    fresh = settings_of(wanted);
  } catch (const ExitError& wrong) {
    return logger.error("nothing was reloaded", {{"cause", wrong.what()}});
  }
  logger.set_level(fresh.log.level);
  if (settings.tls.has_value() != fresh.tls.has_value())
    return logger.error("TLS is turned on and off by a restart, not by a reload");
  if (!settings.tls) return;
  const auto certificate = server.reload_tls(*fresh.tls);
  if (!certificate) {
    return logger.error("the old TLS certificate is kept",
                        {{"variable", tls_variable(certificate.error())}, {"cause", certificate.error().message()}});
  }
  settings.tls = fresh.tls;
  report_certificate(*certificate, clock, logger);
}

// The next signal. Until it arrives, keeps the supervisor's watchdog alive while all loops run.
int next_signal(const Signals& signals, const service::Supervisor& supervisor, service::LoopsWatch& loops) {
  if (!supervisor.watchdog_time()) return signals.wait();
  while (true) {
    if (loops.ask()) (void)supervisor.alive();
    if (const auto signal = signals.wait_for(*supervisor.watchdog_time() / 2)) return *signal;
  }
}

// Handles signals until one of them stops the server.
int wait_for_stop(const Signals& signals, const service::Supervisor& supervisor, service::LoopsWatch loops,
                  const std::function<void()>& reload_all) {
  const bool at_terminal = isatty(STDIN_FILENO) == 1;
  while (true) {
    const int signal = next_signal(signals, supervisor, loops);
    if (signal != SIGHUP) return signal;
    if (at_terminal && isatty(STDIN_FILENO) != 1)
      return signal;  // it was closed: no further signal can arrive from there
    (void)supervisor.reloading();
    reload_all();
    (void)supervisor.ready();
  }
}

void wait_for(std::chrono::milliseconds delay) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(delay);
  const timespec time{.tv_sec = seconds.count(), .tv_nsec = (delay - seconds).count() * 1'000'000};
  nanosleep(&time, nullptr);
}

}  // namespace

int serve(const Serve& wanted) {
  Signals signals;
  const service::Supervisor supervisor = supervisor_or_exit();
  backend::Settings settings = settings_of(wanted);
  SystemClock clock;
  SystemRandom random;
  std::optional<http::TlsCertificate> certificate;
  if (settings.tls) certificate = inspect_tls_or_exit(*settings.tls);
  log::Logger logger(settings.log, clock);
  if (certificate) report_certificate(*certificate, clock, logger);
  sql::OpenOptions database_options = settings.database;
  database_options.postgres.log = &logger;
  const auto database = std::make_unique<sql::LoggedDatabase>(open_database(settings, database_options), logger);
  const auto replicas = make_replicas(settings, *database, database_options, logger);
  bring_schema_up(settings, wanted, *database, clock, logger);
  const auto redis = make_redis(settings, logger);
  if (settings.stage != backend::Stage::production) backend::fill_development_secrets(settings, random);

  const backend::Dependencies dependencies{.clock = clock,
                                           .random = random,
                                           .logger = logger,
                                           .database = *database,
                                           .replicas = replicas.get(),
                                           .redis = redis.get()};
  backend::Application application(settings, dependencies);
  http::Server server = listen_or_exit(server_options(settings, supervisor), application.app());
  web::add_server(application.metrics(), server);
  std::optional<backend::MetricsServer> metrics;
  if (settings.metrics_port) metrics.emplace(settings, dependencies, application.app());
  http::Server* const metrics_server = metrics ? &metrics->server() : nullptr;
  {
    const EndOfService end(server, metrics_server, application, dependencies, settings.stop_time_max);
    // Before the first request is answered, so that no client can register ADMIN_EMAIL. On a loop of the server, whose
    // database connections are reused.
    const auto admin = value_or_exit(
        async::run_to_end(server.loop(0), backend::make_first_admin(settings, dependencies, application.passwords())));
    start(server, metrics_server, application, redis.get());
    warn_about(settings, logger);
    logger.info("serving", {{"version", backend::version()},
                            {"environment", backend::to_string(settings.stage)},
                            {"host", settings.host},
                            {"port", server.port()},
                            {"tls", settings.tls.has_value()},
                            {"loops", server.loops()}});
    if (metrics) logger.info("serving metrics", {{"host", settings.host}, {"port", metrics_server->port()}});
    report_first_admin(admin, logger);
    logger.flush();
    if (settings.stage == backend::Stage::development) print_welcome(settings, server.port(), admin, dependencies);

    if (!supervisor.ready()) logger.warn("NOTIFY_SOCKET: the supervisor cannot be reached");
    const int signal = wait_for_stop(signals, supervisor, service::LoopsWatch({&server, metrics_server}),
                                     [&] { reload(wanted, clock, server, settings, logger); });
    signals.release_stop();
    (void)supervisor.stopping();
    logger.info("stopping", {{"signal", name_of(signal)}});
    application.readiness().begin_draining();
    wait_for(settings.drain_delay);
  }
  logger.info("stopped");
  return exit_ok;
}

}  // namespace ashlar::cli
