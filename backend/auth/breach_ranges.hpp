// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/password_policy.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <vector>

namespace ashlar::http {
class Client;
}

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode breaches_unavailable{ErrorKind::unavailable, "auth.breaches_unavailable"};
}  // namespace errors

// Passwords known from leaks, asked of an HTTP service with the "range" interface of Have I Been Pwned
// (PASSWORD_BREACH_URL). Only five digits of a SHA-1 leave the process; the service is asked to pad its response, so
// that its length says nothing of them either. The policy bounds the time (PasswordPolicyOptions::breach_time_max).
//
// Errors of range(): auth.breaches_unavailable before start() and after close(), and for a response other than 200;
// those of http::Client.
class HttpBreachRanges final : public auth::BreachRanges {
 public:
  static constexpr std::size_t response_bytes_max = 1'048'576;  // of one range; a padded one has some 60 KB

  // The five digits are appended to the URL. It comes from the operator: any address is allowed.
  explicit HttpBreachRanges(std::string url);
  ~HttpBreachRanges() override;

  // Before the loops have threads. range() is then called on these loops alone.
  void start(const std::vector<boost::asio::io_context*>& loops);
  // When the loops have no threads any more, and before they are destroyed. The second time it does nothing.
  void close();

  [[nodiscard]] Task<Result<std::string>> range(std::string prefix) const override;

 private:
  const std::string url_;
  std::unique_ptr<http::Client> client_;  // null: not started, or closed
};

}  // namespace ashlar::backend
