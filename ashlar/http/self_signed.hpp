// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace ashlar::http {

namespace errors {
inline constexpr ErrorCode certificate_name{ErrorKind::invalid, "certificate.invalid_name"};
}  // namespace errors

struct SelfSignedOptions {
  std::vector<std::string> names = {"localhost", "127.0.0.1",
                                    "::1"};  // DNS names (one may begin with "*.") and addresses
  std::chrono::days lifetime{365};
};

struct SelfSignedCertificate {
  std::string certificate_pem;
  std::string private_key_pem;
};

// A self-signed certificate (P-256, SHA-256, RFC 5280), for development: clients trust it by having its file. Valid
// from an hour before `now`, since clocks differ. Error certificate.invalid_name, naming the invalid one.
[[nodiscard]] Result<SelfSignedCertificate> make_self_signed(const SelfSignedOptions& options, Timestamp now);

}  // namespace ashlar::http
