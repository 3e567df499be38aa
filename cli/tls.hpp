// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/http/tls.hpp"
#include "ashlar/log/logger.hpp"

#include <string_view>

namespace ashlar::cli {

// The variable whose file the error concerns.
[[nodiscard]] std::string_view tls_variable(const Error& error);

// The content of the files. Throws ExitError (78) that names the variable.
[[nodiscard]] http::TlsCertificate inspect_tls_or_exit(const http::TlsOptions& options);

// Logs the certificate's subject and expiry; a warning when it is not valid now or expires soon.
void report_certificate(const http::TlsCertificate& certificate, const Clock& clock, log::Logger& logger);

}  // namespace ashlar::cli
