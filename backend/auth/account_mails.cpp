// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/account_mails.hpp"

#include <utility>

namespace ashlar::backend {

namespace {

constexpr std::size_t token_characters = 43;

std::string without_slashes(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

struct AccountMails::TokenLink {
  std::string_view page;
  std::optional<std::string> token;  // nullopt: the mail is a decoy
  std::chrono::milliseconds lifetime;
};

AccountMails::AccountMails(Mails& mails, Notifications& notifications, std::string public_url)
    : mails_(mails), notifications_(notifications), public_url_(without_slashes(std::move(public_url))) {}

void AccountMails::send_link(api::UnitOfWork& unit, std::string to, std::string template_name, TokenLink link,
                             std::optional<std::string> address) {
  SendEmail mail{.to = std::move(to), .template_name = std::move(template_name), .is_decoy = !link.token};
  mail.expires_at = unit.call().now() + link.lifetime;
  const std::string token = link.token.value_or(std::string(token_characters, '-'));
  mail.values.link("link", public_url_ + '/' + std::string(link.page) + "#token=" + token);
  mail.values.duration("lifetime", link.lifetime);
  if (address) mail.values.text("address", std::move(*address));
  mails_.send(unit, std::move(mail));
}

void AccountMails::send_notice(api::UnitOfWork& unit, std::string to, std::string template_name,
                               std::optional<std::string> address) {
  SendEmail mail{.to = std::move(to), .template_name = std::move(template_name), .stream = MailStream::notice};
  mail.values.text("at", unit.call().now().to_string());
  if (address) mail.values.text("address", std::move(*address));
  mails_.send(unit, std::move(mail));
}

void AccountMails::send_verification(api::UnitOfWork& unit, std::string to, std::string token,
                                     std::chrono::milliseconds lifetime) {
  send_link(unit, std::move(to), "verify-email", {"verify-email", std::move(token), lifetime});
}

void AccountMails::send_reset(api::UnitOfWork& unit, std::string to, std::optional<std::string> token,
                              std::chrono::milliseconds lifetime) {
  send_link(unit, std::move(to), "reset-password", {"reset-password", std::move(token), lifetime});
}

void AccountMails::send_change_to_current(api::UnitOfWork& unit, std::string to, std::string token,
                                          std::chrono::milliseconds lifetime, std::string new_address) {
  send_link(unit, std::move(to), "confirm-change-current", {"confirm-email", std::move(token), lifetime},
            std::move(new_address));
}

void AccountMails::send_change_to_new(api::UnitOfWork& unit, std::string to, std::string token,
                                      std::chrono::milliseconds lifetime) {
  send_link(unit, std::move(to), "confirm-change-new", {"confirm-email", std::move(token), lifetime});
}

void AccountMails::send_password_changed(api::UnitOfWork& unit, std::string to) {
  send_notice(unit, std::move(to), "password-changed");
}

void AccountMails::send_email_changed(api::UnitOfWork& unit, std::string to, std::string new_address) {
  send_notice(unit, std::move(to), "email-changed", std::move(new_address));
}

void AccountMails::send_new_sign_in(api::UnitOfWork& unit, Uuid account, std::string to) {
  notifications_.add(
      unit, {.user = account, .kind = "account.new_sign_in", .detail = std::string(unit.call().client_address())});
  send_notice(unit, std::move(to), "new-sign-in", std::string(unit.call().client_address()));
}

void AccountMails::send_factor_added(api::UnitOfWork& unit, std::string to) {
  send_notice(unit, std::move(to), "factor-added");
}

void AccountMails::send_factor_removed(api::UnitOfWork& unit, std::string to) {
  send_notice(unit, std::move(to), "factor-removed");
}

}  // namespace ashlar::backend
