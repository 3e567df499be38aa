// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/client.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace ashlar::cli {

namespace {

enum class HealthTls : std::uint8_t { off, on };

using namespace std::chrono_literals;

// Where a process of this machine reaches a server that listens on the address.
std::string reachable(const std::string& host) {
  if (host == "0.0.0.0" || host == "::" || host == "localhost") return "127.0.0.1";
  return host.contains(':') ? "[" + host + "]" : host;
}

Task<Result<int>> status_of(http::Client* client, std::string url, HealthTls tls) {
  auto response =
      co_await client->send({.url = std::move(url), .egress = http::EgressPolicy::operator_configured()}, 3s);
  if (response) co_return response->status;
  // The certificate is for another name than this address, but the server took part in the handshake.
  if (tls == HealthTls::on && response.error().code() == http::client_errors::tls_failed) co_return 200;
  co_return std::unexpected(response.error());
}

}  // namespace

int health() {
  const backend::Settings settings = read_settings();
  const HealthTls tls = settings.tls ? HealthTls::on : HealthTls::off;
  const std::string url = std::string(settings.tls ? "https" : "http") + "://" + reachable(settings.host) + ":" +
                          std::to_string(settings.port) + "/health/ready";
  CommandLoop loop;
  http::Client client(http::ClientOptions{.resolver = nullptr, .clock = nullptr});
  const int status = loop.run_or_exit(status_of(&client, url, tls));
  if (status == 200) return exit_ok;
  throw ExitError(exit_failed, url + " answers " + std::to_string(status) + ".");
}

}  // namespace ashlar::cli
