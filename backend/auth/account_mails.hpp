// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "backend/mail/mails.hpp"
#include "backend/notifications/notifications.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::backend {

// The mails about an account, sent once the unit has committed. Links begin with the public URL, never with the Host of
// a request, and carry their token in the fragment, which a browser sends to no server.
//
// A mail holds no text that a user chose except addresses: a name or a User-Agent would let a stranger write to the
// account's owner in our name. Safe from every loop; the mails and the notifications outlive it.
class AccountMails {
 public:
  // A slash at the end of `public_url` is ignored.
  AccountMails(Mails& mails, Notifications& notifications, std::string public_url);
  AccountMails(const AccountMails&) = delete;
  AccountMails& operator=(const AccountMails&) = delete;

  // With a link; `lifetime` is the token's, after which the mail is not sent any more.
  void send_verification(api::UnitOfWork& unit, std::string to, std::string token, std::chrono::milliseconds lifetime);
  // Without a token the mail is made and not sent, which takes as long.
  void send_reset(api::UnitOfWork& unit, std::string to, std::optional<std::string> token,
                  std::chrono::milliseconds lifetime);
  // To the account's address, and to its new one.
  void send_change_to_current(api::UnitOfWork& unit, std::string to, std::string token,
                              std::chrono::milliseconds lifetime, std::string new_address);
  void send_change_to_new(api::UnitOfWork& unit, std::string to, std::string token, std::chrono::milliseconds lifetime);

  // Notices; beyond MailOptions::notices_per_hour_max the log has a line instead.
  void send_password_changed(api::UnitOfWork& unit, std::string to);
  void send_email_changed(api::UnitOfWork& unit, std::string to, std::string new_address);
  void send_new_sign_in(api::UnitOfWork& unit, Uuid account, std::string to);  // and notifies the account
  void send_factor_added(api::UnitOfWork& unit, std::string to);
  void send_factor_removed(api::UnitOfWork& unit, std::string to);

 private:
  struct TokenLink;
  void send_link(api::UnitOfWork& unit, std::string to, std::string template_name, TokenLink link,
                 std::optional<std::string> address = std::nullopt);
  void send_notice(api::UnitOfWork& unit, std::string to, std::string template_name,
                   std::optional<std::string> address = std::nullopt);

  Mails& mails_;
  Notifications& notifications_;
  const std::string public_url_;
};

}  // namespace ashlar::backend
