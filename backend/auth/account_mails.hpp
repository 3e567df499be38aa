// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/memory_rate_limits.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/mail/mailer.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::backend {

struct AccountMailOptions {
  mail::Mailbox from;
  std::string public_url;  // what links begin with; a slash at its end counts for nothing
  // Notices to one address, in this process. Who registers another's address could cause any number of them.
  std::uint32_t notices_per_hour_max = 10;
  std::size_t counted_addresses_max = 4'096;  // 48 bytes each
};

// The mails about an account. Each is made and sent after the unit's commit; one that cannot be sent is logged, and the
// change stays. Links begin with the public URL, never with the Host of a request, and carry their token in the
// fragment, which a browser sends to no server.
//
// A mail holds no text that somebody chose but addresses: a name or a User-Agent would let a stranger write to the
// account's owner in our name. Safe from every loop; the mailer and the random source outlive it.
class AccountMails {
 public:
  AccountMails(mail::Mailer& mailer, Random& random, AccountMailOptions options);
  AccountMails(const AccountMails&) = delete;
  AccountMails& operator=(const AccountMails&) = delete;

  // With a link; `lifetime` is the token's.
  void send_verification(api::UnitOfWork& unit, std::string to, std::string token, std::chrono::milliseconds lifetime);
  // Without a token the mail is made and dropped, which takes as long.
  void send_reset(api::UnitOfWork& unit, std::string to, std::optional<std::string> token,
                  std::chrono::milliseconds lifetime);
  // To the account's address, and to the one that it is to have.
  void send_change_to_current(api::UnitOfWork& unit, std::string to, std::string token,
                              std::chrono::milliseconds lifetime, std::string new_address);
  void send_change_to_new(api::UnitOfWork& unit, std::string to, std::string token, std::chrono::milliseconds lifetime);

  // Notices; beyond notices_per_hour_max the log has a line instead.
  void send_password_changed(api::UnitOfWork& unit, std::string to);
  void send_email_changed(api::UnitOfWork& unit, std::string to, std::string new_address);
  void send_new_sign_in(api::UnitOfWork& unit, std::string to);

 private:
  struct Letter;
  void send_after(api::UnitOfWork& unit, std::string to, Letter letter);
  bool may_send_notice(const api::Call& call, std::string_view to);
  Task<> send(const api::Call* call, std::string to, std::shared_ptr<const Letter> letter);
  [[nodiscard]] std::string link(std::string_view page, const std::string& token) const;

  mail::Mailer& mailer_;
  Random& random_;
  AccountMailOptions options_;
  api::MemoryRateLimits notices_;
};

}  // namespace ashlar::backend
