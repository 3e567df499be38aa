// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace ashlar::tests {

// A PostgreSQL server of the test's own, on 127.0.0.1 and a port that was free, that does not wait for disks: what was
// committed survives its own end, not the machine's. It runs as the user `postgres` when the tests run as root, since
// it refuses to run as that. The cluster is a copy of one that is made once and kept in the system's folder for
// temporary files; it lies in memory when that has 4 GiB to spare. Stopped, and its data removed, at the end; if the
// test is killed, it dies with it, and the next server removes its data. Throws std::runtime_error when it cannot be
// started.
class PostgresServer {
 public:
  PostgresServer();
  // A standby of another one, which answers a COMMIT from then on only when this one has it, too, or at once.
  struct StandbyOf {
    const PostgresServer& primary;
    enum class Commits : unsigned char { wait, go_on } commits = Commits::wait;
  };
  explicit PostgresServer(StandbyOf of);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // One for the whole test program, for tests that leave it as it was.
  static PostgresServer& shared();

  [[nodiscard]] std::string url(const std::string& database = "postgres") const;
  // The same by another port: a proxy's.
  [[nodiscard]] static std::string url_through(int port, const std::string& database = "postgres");
  // That of the one of both that takes writes, whichever it is.
  [[nodiscard]] std::string url_or(const PostgresServer& other) const;
  // A standby is its own master from now on.
  void promote() const { query("select pg_promote()"); }
  // The URL of a new database: empty, or a copy of another one of this server's to which nothing is connected.
  std::string new_database(const std::string& copy_of = "template1");
  // Runs SQL on a connection of its own and returns the first column of its last row; throws on an error.
  std::string query(const std::string& sql, const std::string& database = "postgres") const;
  [[nodiscard]] int port() const { return port_; }

  // Whether the last of our connections has ended, to the newest database if there are several; waits some seconds.
  [[nodiscard]] bool is_left() const;

  void start();
  void kill();  // the server and all of its processes, with SIGKILL
  void stop();  // as an operator would: sessions are notified and closed

 private:
  void make_folder();
  void spawn();

  std::filesystem::path programs_;
  std::filesystem::path folder_;
  int in_use_ = -1;  // the lock that says so
  int port_ = 0;
  int databases_ = 0;
  pid_t process_ = -1;
};

}  // namespace ashlar::tests
