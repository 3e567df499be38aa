// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/http/tls.hpp"
#include "ashlar/log/logger.hpp"

#include <string_view>

namespace ashlar::cli {

// The variable that names the file at which the error points.
[[nodiscard]] std::string_view tls_variable(const Error& error);

// What the files hold. Throws ExitError (78) that names the variable.
[[nodiscard]] http::TlsCertificate inspect_tls_or_exit(const http::TlsOptions& options);

// Logs whose certificate is shown and until when; a warning when that is not now, or not for long.
void report_certificate(const http::TlsCertificate& certificate, const Clock& clock, log::Logger& logger);

}  // namespace ashlar::cli
