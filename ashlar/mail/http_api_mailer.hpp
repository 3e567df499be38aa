// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/client/client.hpp"
#include "ashlar/mail/mailer.hpp"

#include <chrono>
#include <string>

namespace ashlar::mail {

struct HttpApiOptions {
  std::string url = "https://api.resend.com/emails";
  std::string api_key{};
  std::chrono::milliseconds send_time_max{30'000};
};

// Sends mail through the HTTP API of a provider, in the form of Resend's `POST /emails`: a bearer token and JSON with
// from, to, subject, text, html and headers. The Message-ID is the Idempotency-Key as well, so a mail that is sent
// again within the provider's window (Resend: 24 h) is delivered once. DKIM is the provider's.
//
// Errors: 400, 413 and 422 are mail.rejected; every other answer that is no success, 401 and 403 included, since the
// operator can correct the key, is mail.unavailable, with the answer's Retry-After. A timeout or a lost connection is
// mail.outcome_unknown. Addresses that do not exist are reported by the provider later, not here.
//
// Usable from every loop of the client, which outlives it. The URL is the operator's: the egress policy does not apply.
class HttpApiMailer final : public Mailer {
 public:
  // Throws std::invalid_argument for a malformed URL, one that is not https (http is allowed for loopback: 127.0.0.1,
  // ::1, localhost), or a key that is empty or cannot be a header field.
  HttpApiMailer(http::Client& client, HttpApiOptions options);

  Task<Result<>> send(Message message) override;

 private:
  http::Client& client_;
  const HttpApiOptions options_;
};

}  // namespace ashlar::mail
