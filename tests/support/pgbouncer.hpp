// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/process.hpp"

#include <memory>
#include <string>

namespace ashlar::tests {

// A PgBouncer of the test's own before a PostgreSQL server, on 127.0.0.1 and a port that was free, with
// pool_mode=transaction and few server sessions for each database, so that clients share them. Killed at the end.
// Throws std::runtime_error when it cannot be started.
class PgBouncer {
 public:
  struct Options {
    int server_port = 0;
    int sessions_max = 2;  // with the server, for each database
  };
  explicit PgBouncer(Options options);

  // The same database as in a URL of the server's, through this.
  [[nodiscard]] std::string url_for(const std::string& server_url) const;

 private:
  test::TemporaryFolder folder_;
  int port_ = 0;
  std::unique_ptr<test::Process> process_;
};

}  // namespace ashlar::tests
