// SPDX-License-Identifier: Apache-2.0
#include "cli/tls.hpp"

#include "cli/command_context.hpp"

namespace ashlar::cli {

namespace {

constexpr std::chrono::days expiry_notice{14};

}  // namespace

std::string_view tls_variable(const Error& error) {
  if (error.code() == http::errors::tls_private_key) return "TLS_KEY_FILE";
  return error.code() == http::errors::tls_client_ca ? "TLS_CLIENT_CA_FILE" : "TLS_CERT_FILE";
}

http::TlsCertificate inspect_tls_or_exit(const http::TlsOptions& options) {
  auto seen = http::inspect_tls(options);
  if (seen) return std::move(*seen);
  throw ExitError(exit_config, "the configuration is wrong:\n  " + std::string(tls_variable(seen.error())) + ": " +
                                   seen.error().message());
}

void report_certificate(const http::TlsCertificate& certificate, const Clock& clock, log::Logger& logger) {
  const std::int64_t now = clock.now().milliseconds();
  const std::int64_t left = certificate.not_after.milliseconds() - now;
  const std::string from = certificate.not_before.to_string(), until = certificate.not_after.to_string();
  const auto say = [&](log::Level level, std::string_view what) {
    logger.write(level, what, {{"subject", certificate.subject}, {"notBefore", from}, {"notAfter", until}});
  };
  if (left <= 0) return say(log::Level::warn, "the TLS certificate has expired");
  if (certificate.not_before.milliseconds() > now) return say(log::Level::warn, "the TLS certificate is not valid yet");
  if (left < std::chrono::milliseconds(expiry_notice).count())
    return say(log::Level::warn, "the TLS certificate expires soon");
  say(log::Level::info, "TLS certificate");
}

}  // namespace ashlar::cli
