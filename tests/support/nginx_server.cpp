// SPDX-License-Identifier: Apache-2.0
#include "tests/support/nginx_server.hpp"

#include "tests/support/free_port.hpp"

#include <fstream>
#include <stdexcept>
#include <string>

namespace ashlar::tests {
namespace {

// One process, so that nothing of it is left when it is killed; paths are in its folder.
constexpr const char* head = R"(daemon off;
master_process off;
pid nginx.pid;
error_log stderr notice;
events {}
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
)";

constexpr const char* location = R"(    location / {
      proxy_pass http://ashlar;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      add_header X-Upstream $upstream_addr always;
    }
  }
}
)";

}  // namespace

NginxServer::NginxServer(const std::vector<std::uint16_t>& instances) {
  constexpr int attempts_max = 5;
  for (int attempt = 1;; ++attempt) {
    port_ = static_cast<std::uint16_t>(free_port());
    try {
      start(instances);
      return;
    } catch (const std::runtime_error&) {  // its port was taken meanwhile, or it is broken
      if (attempt == attempts_max) throw;
    }
  }
}

void NginxServer::start(const std::vector<std::uint16_t>& instances) {
  std::string upstream = "  upstream ashlar {\n    keepalive 16;\n";
  for (const std::uint16_t port : instances) upstream += "    server 127.0.0.1:" + std::to_string(port) + ";\n";
  std::ofstream(folder_.path() / "nginx.conf")
      << head << upstream << "  }\n  server {\n    listen 127.0.0.1:" << port_ << ";\n"
      << location;
  process_ = std::make_unique<test::Process>(
      test::Command{.words = {"/usr/bin/setpriv", "--pdeathsig", "KILL", "/usr/sbin/nginx", "-p",
                              folder_.path().string() + "/", "-c", "nginx.conf", "-e", "stderr"},
                    .folder = folder_.path()});
  process_->wait_for("event method");  // it listens already
}

}  // namespace ashlar::tests
