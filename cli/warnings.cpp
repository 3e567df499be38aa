// SPDX-License-Identifier: Apache-2.0
#include "cli/warnings.hpp"

namespace ashlar::cli {

void warn_about(const backend::Settings& settings, log::Logger& logger) {
  using backend::Stage;
  if (settings.stage == Stage::development && !backend::is_loopback(settings.host))
    logger.warn(
        "APP_ENV is development, and other machines can reach this server: set HOST=127.0.0.1, or APP_ENV=production",
        {{"host", settings.host}});
  if (settings.stage == Stage::production && settings.metrics_token.empty() && !settings.metrics_port)
    logger.info("/metrics is not served: set METRICS_TOKEN or METRICS_PORT");
  if (settings.stage == Stage::production && !sends_mail(settings.mail) && !settings.mail.folder)
    logger.warn("no mail is sent, so users cannot reset passwords or verify addresses: set MAIL_URL");
}

}  // namespace ashlar::cli
