// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/account_mails.hpp"

#include "ashlar/core/encoding.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::backend {

// What a mail says, before it is a text and a page.
struct AccountMails::Letter {
  std::string subject;
  std::vector<std::string> before;  // paragraphs
  std::string link{};               // empty: none
  std::string link_text{};
  std::vector<std::string> after{};
  enum class Delivery : std::uint8_t { sent, dropped, notice } delivery = Delivery::sent;
};

namespace {

constexpr std::size_t token_characters = 43;
constexpr std::string_view not_me = "If this was not you, change your password now: somebody else may know it.";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

void append_paragraph(std::string_view text, std::string& out) {
  out.append("<p>").append(escaped(text)).append("</p>\n");
}

// "24 hours", "30 minutes", "45 seconds": whole ones of the largest unit that loses nothing.
std::string in_words(std::chrono::milliseconds time) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(time).count();
  const auto words = [](std::int64_t number, std::string_view unit) {
    return std::to_string(number) + ' ' + std::string(unit) + (number == 1 ? "" : "s");
  };
  if (seconds % 3'600 == 0) return words(seconds / 3'600, "hour");
  if (seconds % 60 == 0) return words(seconds / 60, "minute");
  return words(seconds, "second");
}

std::string works_once(std::chrono::milliseconds lifetime) {
  return "The link works once, for " + in_words(lifetime) + ".";
}

}  // namespace

AccountMails::AccountMails(mail::Mailer& mailer, Random& random, AccountMailOptions options)
    : mailer_(mailer), random_(random), options_(std::move(options)), notices_(options_.counted_addresses_max) {
  while (options_.public_url.ends_with('/')) options_.public_url.pop_back();
}

std::string AccountMails::link(std::string_view page, const std::string& token) const {
  return options_.public_url + '/' + std::string(page) + "#token=" + token;
}

void AccountMails::send_verification(api::UnitOfWork& unit, std::string to, std::string token,
                                     std::chrono::milliseconds lifetime) {
  send_after(unit, std::move(to),
             {.subject = "Confirm your e-mail address",
              .before = {"This e-mail address was entered for an account. Confirm that it is yours:"},
              .link = link("verify-email", token),
              .link_text = "Confirm the address",
              .after = {works_once(lifetime), "If you did not ask for this, ignore this mail."}});
}

void AccountMails::send_reset(api::UnitOfWork& unit, std::string to, std::optional<std::string> token,
                              std::chrono::milliseconds lifetime) {
  const auto delivery = token ? Letter::Delivery::sent : Letter::Delivery::dropped;
  send_after(unit, std::move(to),
             {.subject = "Reset your password",
              .before = {"Somebody asked for a new password for the account with this e-mail address. Set it here:"},
              .link = link("reset-password", token.value_or(std::string(token_characters, '-'))),
              .link_text = "Set a new password",
              .after = {works_once(lifetime),
                        "If it was not you, ignore this mail: the password stays as it is until the link is used."},
              .delivery = delivery});
}

void AccountMails::send_change_to_current(api::UnitOfWork& unit, std::string to, std::string token,
                                          std::chrono::milliseconds lifetime, std::string new_address) {
  send_after(unit, std::move(to),
             {.subject = "Confirm the change of your e-mail address",
              .before = {"Somebody who is signed in to your account asked to change its e-mail address to " +
                             std::move(new_address) + ".",
                         "The change needs a confirmation from both addresses. Confirm it from this one:"},
              .link = link("confirm-email", token),
              .link_text = "Confirm the change",
              .after = {works_once(lifetime), "Without it nothing changes.", std::string(not_me)}});
}

void AccountMails::send_change_to_new(api::UnitOfWork& unit, std::string to, std::string token,
                                      std::chrono::milliseconds lifetime) {
  send_after(
      unit, std::move(to),
      {.subject = "Confirm your new e-mail address",
       .before = {"Somebody asked to use this e-mail address for an existing account. Confirm that it is yours:"},
       .link = link("confirm-email", token),
       .link_text = "Confirm the address",
       .after = {works_once(lifetime), "If you did not ask for this, ignore this mail."}});
}

void AccountMails::send_password_changed(api::UnitOfWork& unit, std::string to) {
  send_after(unit, std::move(to),
             {.subject = "Your password was changed",
              .before = {"The password of your account was changed at " + unit.call().now().to_string() +
                             ", and its other sessions were ended.",
                         "If this was not you, ask for a new password now."},
              .delivery = Letter::Delivery::notice});
}

void AccountMails::send_email_changed(api::UnitOfWork& unit, std::string to, std::string new_address) {
  send_after(unit, std::move(to),
             {.subject = "Your e-mail address was changed",
              .before = {"The e-mail address of your account was changed to " + std::move(new_address) + " at " +
                             unit.call().now().to_string() + ".",
                         "If this was not you, contact the operator of this service."},
              .delivery = Letter::Delivery::notice});
}

void AccountMails::send_new_sign_in(api::UnitOfWork& unit, std::string to) {
  send_after(unit, std::move(to),
             {.subject = "A new sign-in to your account",
              .before = {"Your account was signed in to at " + unit.call().now().to_string() +
                             ", from a device or network that none of its sessions has. The network address is " +
                             std::string(unit.call().client_address()) + ".",
                         std::string(not_me)},
              .delivery = Letter::Delivery::notice});
}

void AccountMails::send_after(api::UnitOfWork& unit, std::string to, Letter letter) {
  unit.after_commit([this, call = &unit.call(), to = std::move(to),
                     letter = std::make_shared<const Letter>(std::move(letter))] { return send(call, to, letter); });
}

bool AccountMails::may_send_notice(const api::Call& call, std::string_view to) {
  const api::RateLimit limit{.requests = options_.notices_per_hour_max, .window = std::chrono::hours{1}};
  const auto key = api::RateLimitKey::of_text(ascii_lower(to), 0);
  return notices_.take(key, limit, call.clock().steady()).allowed;
}

// The call outlives it: a unit awaits what follows its commit.
Task<> AccountMails::send(const api::Call* call, std::string to, std::shared_ptr<const Letter> letter) {
  std::string text;
  std::string html = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>" +
                     escaped(letter->subject) + "</title>\n<body>\n";
  const auto add = [&](const std::vector<std::string>& paragraphs) {
    for (const std::string& paragraph : paragraphs) {
      text += paragraph + "\n\n";
      append_paragraph(paragraph, html);
    }
  };
  add(letter->before);
  if (!letter->link.empty()) {
    text += letter->link + "\n\n";
    html += "<p><a href=\"" + escaped(letter->link) + "\">" + escaped(letter->link_text) + "</a></p>\n";
  }
  add(letter->after);
  html += "</body>\n</html>\n";
  text.pop_back();

  const auto address = Email::parse(to);
  if (!address) co_return call->log().error("a mail was not sent: the account's address is malformed");
  const mail::MessageId id = mail::MessageId::make(call->clock(), random_, options_.from.address);
  mail::Message message{.id = id,
                        .at = call->now(),
                        .from = options_.from,
                        .to = {.name = {}, .address = *address},
                        .subject = mail::Subject::of(letter->subject),
                        .text = mail::BodyText::of(text),
                        .html = mail::BodyText::of(html)};
  if (letter->delivery == Letter::Delivery::dropped) co_return;
  if (letter->delivery == Letter::Delivery::notice && !may_send_notice(*call, to)) {
    co_return call->log().warn("a notice was not mailed: its address had too many in an hour",
                               {{"subject", letter->subject}});
  }
  auto sent = co_await mailer_.send(std::move(message));
  if (sent) co_return;
  call->log().error("a mail was not sent",
                    {{"messageId", id.view()}, {"error", sent.error().code().name}, {"cause", sent.error().cause()}});
}

}  // namespace ashlar::backend
