// SPDX-License-Identifier: Apache-2.0
#include "tests/support/pgbouncer.hpp"

#include "tests/support/free_port.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace ashlar::tests {
namespace {
namespace fs = std::filesystem;

constexpr int start_attempts_max = 5;  // another program may have taken the port

// It refuses to run as root.
std::vector<std::string> command_for(const fs::path& configuration) {
  std::vector<std::string> out = {"/usr/bin/setpriv", "--pdeathsig", "KILL"};
  if (geteuid() == 0) out.insert(out.end(), {"--reuid", "postgres", "--regid", "postgres", "--clear-groups"});
  out.insert(out.end(), {"/usr/sbin/pgbouncer", configuration.string()});
  return out;
}

}  // namespace

PgBouncer::PgBouncer(Options options) {
  fs::permissions(folder_.path(), fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  const fs::path configuration = folder_.path() / "pgbouncer.ini";
  for (int attempt = 1; process_ == nullptr; ++attempt) {
    port_ = free_port();
    std::ofstream(configuration) << "[databases]\n* = host=127.0.0.1 port=" << options.server_port << " user=ashlar\n"
                                 << "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " << port_
                                 << "\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n"
                                 << "default_pool_size = " << options.sessions_max << "\nmax_client_conn = 500\n";
    process_ = std::make_unique<test::Process>(
        test::Command{.words = command_for(configuration), .folder = fs::temp_directory_path()});
    try {
      process_->wait_for("process up");
    } catch (const std::runtime_error&) {
      process_.reset();
      if (attempt == start_attempts_max) throw;
    }
  }
}

std::string PgBouncer::url_for(const std::string& server_url) const {
  return "postgresql://ashlar@127.0.0.1:" + std::to_string(port_) + server_url.substr(server_url.rfind('/'));
}

}  // namespace ashlar::tests
