// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/random.hpp"
#include "ashlar/core/timestamp.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Time-based one-time passwords (RFC 6238, by liboath): six digits, HMAC-SHA-1, steps of 30 s from the Unix epoch,
// which is what every authenticator app supports.
//
// A code must be accepted once (RFC 6238 section 5.2). verify_totp() returns the step that a code belongs to; the
// caller stores it as the account's last step by compare-and-swap (`... where last_step < :step`) and refuses the code
// when no row changed. That refuses parallel uses too.
namespace ashlar::auth {

// A new secret of 160 bits (RFC 4226 section 4), 20 bytes. Store it sealed (secret_box.hpp).
[[nodiscard]] std::string new_totp_secret(Random& random);

// For a person to type: base32 (RFC 4648 section 6) without padding, 32 characters.
[[nodiscard]] std::string totp_secret_text(std::string_view secret);

struct TotpOptions {
  int window_steps = 1;  // accepted on each side of the current step, for clocks that differ: 0 to 2
};

// The step of the code: the number of 30 s since the epoch. Nullopt: the code is not six ASCII digits, is none of the
// window, or is of a step that is not after `last_step`. Compares every step of the window in constant time. Throws
// std::invalid_argument for a window out of range, std::runtime_error when liboath fails.
[[nodiscard]] std::optional<std::int64_t> verify_totp(std::string_view secret, std::string_view code, Timestamp now,
                                                      std::optional<std::int64_t> last_step,
                                                      const TotpOptions& options = {});

// The code of the current step. For tests and for the command line.
[[nodiscard]] std::string totp_code(std::string_view secret, Timestamp now);

// otpauth://totp/ISSUER:ACCOUNT?secret=...&issuer=ISSUER&algorithm=SHA1&digits=6&period=30, percent-encoded
// (RFC 3986). A colon in issuer or account is encoded.
[[nodiscard]] std::string otpauth_url(std::string_view issuer, std::string_view account, std::string_view secret);

// The text as a QR code, version and size as needed, error correction M, four modules of margin: a PNG image as a data
// URL ("data:image/png;base64,..."). Nullopt for an empty text and for one of more than 1,000 bytes. Throws
// std::runtime_error when a library fails. About 1 ms of CPU.
[[nodiscard]] std::optional<std::string> qr_code_data_url(std::string_view text);

}  // namespace ashlar::auth
