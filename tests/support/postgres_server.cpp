// SPDX-License-Identifier: Apache-2.0
#include "tests/support/postgres_server.hpp"

#include "tests/support/free_port.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <vector>

extern char** environ;

namespace ashlar::tests {
namespace {
namespace fs = std::filesystem;

constexpr std::chrono::seconds start_time_max{60};
constexpr std::string_view cluster_prefix = "ashlar-cluster-";

// Programs of PostgreSQL as the user who may run them, and ended when this thread is.
std::vector<std::string> as_server_user(std::vector<std::string> command) {
  std::vector<std::string> out = {"setpriv", "--pdeathsig", "KILL"};
  if (geteuid() == 0) out.insert(out.end(), {"--reuid", "postgres", "--regid", "postgres", "--clear-groups"});
  out.insert(out.end(), command.begin(), command.end());
  return out;
}

pid_t spawn_program(const std::vector<std::string>& command, const fs::path& log) {
  std::vector<char*> arguments;
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  pid_t process = -1;
  const int error = posix_spawnp(&process, arguments[0], &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::runtime_error("cannot run " + command[0]);
  return process;
}

std::string contents_of(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

void run_program(const std::vector<std::string>& command, const fs::path& log) {
  int status = 0;
  waitpid(spawn_program(command, log), &status, 0);
  if (status != 0) throw std::runtime_error(command[0] + " failed:\n" + contents_of(log));
}

fs::path find_programs() {
  fs::path best;
  int best_version = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const int version = std::atoi(entry.path().filename().c_str());
    if (version > best_version && fs::exists(entry.path() / "bin/initdb")) {
      best_version = version;
      best = entry.path() / "bin";
    }
  }
  if (best.empty()) throw std::runtime_error("PostgreSQL is not installed: apt-get install postgresql-15");
  return best;
}

void give_to_server_user(const fs::path& folder) {
  if (geteuid() == 0) run_program({"chown", "-R", "postgres:postgres", folder.string()}, "/dev/null");
}

// Held until it is closed, or its process ends.
int locked(const fs::path& file) {
  const int lock = open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock < 0 || flock(lock, LOCK_EX) != 0) throw std::runtime_error("cannot lock " + file.string());
  return lock;
}

// Where clusters lie: in memory when there is plenty of it, since a new database is some 300 files.
fs::path scratch_folder() {
  constexpr std::uintmax_t plenty_bytes = std::uintmax_t{4} << 30;
  const fs::path memory = "/dev/shm";
  std::error_code none;
  const auto space = fs::space(memory, none);
  const bool fits = !none && space.available >= plenty_bytes && access(memory.c_str(), W_OK) == 0;
  return fits ? memory : fs::temp_directory_path();
}

// A server that was killed leaves a small segment of shared memory, by which the next one on its files detects that it
// is gone. The system has room for 4,096 of them, until the next reboot. The segment's number ends a line of
// postmaster.pid: src/include/utils/pidfile.h.
void remove_shared_memory(const fs::path& cluster) {
  constexpr int line_of_segment = 7;
  std::ifstream file(cluster / "postmaster.pid");
  std::string line;
  for (int i = 0; i < line_of_segment; ++i) std::getline(file, line);
  long key = 0;
  int segment = 0;
  if (std::istringstream(line) >> key >> segment) shmctl(segment, IPC_RMID, nullptr);
}

// What killed test programs left behind.
void remove_abandoned(const fs::path& scratch) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(scratch, none)) {
    if (!entry.path().filename().string().starts_with(cluster_prefix)) continue;
    const int lock = open((entry.path() / "lock").c_str(), O_RDWR | O_CLOEXEC);
    if (lock < 0) continue;
    if (flock(lock, LOCK_EX | LOCK_NB) == 0) {
      remove_shared_memory(entry.path() / "cluster");
      fs::remove_all(entry.path(), none);
    }
    close(lock);
  }
}

// Made once for all test programs of this user; a lock keeps two from making it at the same time.
fs::path template_folder(const fs::path& programs) {
  const std::string name =
      "ashlar-postgres-" + programs.parent_path().filename().string() + "-" + std::to_string(geteuid());
  fs::path folder = fs::temp_directory_path() / name;
  fs::create_directories(folder);
  return folder;
}

fs::path template_cluster(const fs::path& programs) {
  const fs::path folder = template_folder(programs);
  const int lock = locked(folder / "lock");
  const fs::path cluster = folder / "cluster";
  if (!fs::exists(folder / "complete")) {
    fs::remove_all(cluster);
    fs::create_directory(cluster);
    give_to_server_user(cluster);
    run_program(as_server_user({(programs / "initdb").string(), "-D", cluster.string(), "-U", "ashlar", "-A", "trust",
                                "-E", "UTF8", "--locale=C.UTF-8", "--wal-segsize=1", "--no-sync", "--no-instructions"}),
                folder / "log");
    std::ofstream(folder / "complete") << "\n";
  }
  close(lock);
  return cluster;
}

std::vector<pid_t> children_of(pid_t process) {
  const auto name = std::to_string(process);
  std::ifstream list("/proc/" + name + "/task/" + name + "/children");
  std::vector<pid_t> out;
  for (pid_t child = 0; list >> child;) out.push_back(child);
  return out;
}

}  // namespace

PostgresServer::PostgresServer() : programs_(find_programs()) {
  const fs::path cluster = template_cluster(programs_);
  make_folder();
  run_program({"cp", "-a", cluster.string(), (folder_ / "cluster").string()}, folder_ / "log");
  give_to_server_user(folder_);
  start();
}

PostgresServer::PostgresServer(StandbyOf of) : programs_(find_programs()) {
  make_folder();
  give_to_server_user(folder_);
  run_program(
      as_server_user({(programs_ / "pg_basebackup").string(), "-D", (folder_ / "cluster").string(), "-d",
                      of.primary.url() + "?application_name=standby", "-R", "-X", "stream", "-c", "fast", "--no-sync"}),
      folder_ / "log");
  if (of.commits == StandbyOf::Commits::wait) {
    // Before it starts: the primary's processes notice it asynchronously.
    of.primary.query("alter system set synchronous_standby_names = 'standby'");
    of.primary.query("select pg_reload_conf()");
  }
  start();
  if (of.commits == StandbyOf::Commits::go_on) return;
  const auto limit = std::chrono::steady_clock::now() + start_time_max;
  while (of.primary.query("select count(*) from pg_stat_replication where sync_state = 'sync'") != "1") {
    if (std::chrono::steady_clock::now() > limit)
      throw std::runtime_error("no standby:\n" + contents_of(folder_ / "log"));
  }
}

void PostgresServer::make_folder() {
  const fs::path scratch = scratch_folder();
  const int turn = locked(template_folder(programs_) / "lock");  // so that no other process takes ours for abandoned
  remove_abandoned(scratch);
  std::string pattern = (scratch / (std::string(cluster_prefix) + "XXXXXX")).string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
  folder_ = pattern;
  in_use_ = locked(folder_ / "lock");
  close(turn);
}

PostgresServer::~PostgresServer() {
  kill();
  remove_shared_memory(folder_ / "cluster");
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
  close(in_use_);
}

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

std::string PostgresServer::url(const std::string& database) const { return url_through(port_, database); }

std::string PostgresServer::url_through(int port, const std::string& database) {
  return "postgresql://ashlar@127.0.0.1:" + std::to_string(port) + "/" + database;
}

std::string PostgresServer::url_or(const PostgresServer& other) const {
  return "postgresql://ashlar@127.0.0.1:" + std::to_string(port_) + ",127.0.0.1:" + std::to_string(other.port_) +
         "/postgres?target_session_attrs=read-write";
}

std::string PostgresServer::new_database(const std::string& copy_of) {
  const std::string name = "t" + std::to_string(++databases_);
  query("CREATE DATABASE " + name + " TEMPLATE " + copy_of);
  return url(name);
}

std::string PostgresServer::query(const std::string& sql, const std::string& database) const {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url(database).c_str()), &PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()), &PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error(PQerrorMessage(connection.get()));
  const int rows = PQntuples(result.get());
  return rows > 0 ? PQgetvalue(result.get(), rows - 1, 0) : "";
}

bool PostgresServer::is_left() const {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  std::string ours = "select count(*) from pg_stat_activity where application_name = 'ashlar'";
  if (databases_ > 0) ours += " and datname = 't" + std::to_string(databases_) + "'";
  while (query(ours) != "0") {
    if (std::chrono::steady_clock::now() > limit) return false;
  }
  return true;
}

void PostgresServer::spawn() {
  const std::string socket_folder = folder_.string();
  std::vector<std::string> command = {(programs_ / "postgres").string(), "-D", (folder_ / "cluster").string(), "-p",
                                      std::to_string(port_)};
  for (const std::string setting :
       {"listen_addresses=127.0.0.1", "fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=200",
        "autovacuum=off", "max_wal_size=64MB", "deadlock_timeout=50ms", "dynamic_shared_memory_type=mmap",
        "logging_collector=off"}) {
    command.insert(command.end(), {"-c", setting});
  }
  command.insert(command.end(), {"-c", "unix_socket_directories=" + socket_folder});
  process_ = spawn_program(as_server_user(command), folder_ / "log");
}

void PostgresServer::start() {
  const auto limit = std::chrono::steady_clock::now() + start_time_max;
  const bool keeps_port = port_ != 0;  // clients come back to it
  if (!keeps_port) port_ = free_port();
  spawn();
  while (PQping(url().c_str()) != PQPING_OK) {
    int status = 0;
    if (waitpid(process_, &status, WNOHANG) == process_) {  // its port was taken meanwhile, or it is broken
      process_ = -1;
      if (std::chrono::steady_clock::now() > limit)
        throw std::runtime_error("no server:\n" + contents_of(folder_ / "log"));
      if (!keeps_port) port_ = free_port();
      spawn();
    }
    if (std::chrono::steady_clock::now() > limit)
      throw std::runtime_error("no server:\n" + contents_of(folder_ / "log"));
    constexpr int milliseconds = 5;
    poll(nullptr, 0, milliseconds);  // it does not report when it is ready
  }
}

void PostgresServer::kill() {
  if (process_ < 0) return;
  ::kill(process_, SIGSTOP);  // so that it starts no new ones
  for (const pid_t child : children_of(process_)) ::kill(child, SIGKILL);
  ::kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = -1;
}

void PostgresServer::stop() {
  if (process_ < 0) return;
  ::kill(process_, SIGINT);  // "fast"
  waitpid(process_, nullptr, 0);
  process_ = -1;
}

}  // namespace ashlar::tests
