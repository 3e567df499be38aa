// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/mails.hpp"

#include "ashlar/core/encoding.hpp"
#include "backend/mail/mail_preference_repository.hpp"
#include "backend/mail/mail_templates.hpp"
#include "backend/mail/suppression_repository.hpp"

#include <optional>
#include <utility>

namespace ashlar::backend {

namespace {

Task<Result<>> suppress(api::UnitOfWork& unit, Email address, std::string reason) {
  return SuppressionRepository::add(unit, std::move(address), std::move(reason));
}

}  // namespace

struct Mails::Recipient {
  Email address;
  std::string language;
  enum class State : std::uint8_t { wanted, suppressed, unsubscribed } state = State::wanted;
};

Mails::Mails(Services services, MailOptions options)
    : services_(services),
      options_(std::move(options)),
      templates_(mail_templates()),
      notices_(options_.counted_addresses_max) {}

void Mails::send(api::UnitOfWork& unit, SendEmail mail) {
  if (mail.language.empty()) mail.language = templates_.choose(unit.call().field("Accept-Language"));
  services_.enqueuer.enqueue(unit, mail);
}

Task<Result<Mails::Recipient>> Mails::recipient_of(SendEmail mail) {
  auto address = Email::parse(mail.to);
  if (!address)
    co_return std::unexpected(
        Error(mail::errors::rejected, "The mail was not sent.").with_cause("the address is malformed"));
  Recipient out{.address = std::move(*address), .language = mail.language};
  sql::Database& database = services_.units.database();
  const bool suppressed = co_await unwrap(SuppressionRepository(database).has(out.address));
  const auto preference = co_await unwrap(MailPreferenceRepository(database).of_address(out.address));
  if (preference && preference->language && templates_.has_language(*preference->language))
    out.language = *preference->language;
  if (suppressed) out.state = Recipient::State::suppressed;
  if (mail.stream == MailStream::subscription && preference && preference->unsubscribed_at)
    out.state = Recipient::State::unsubscribed;
  co_return out;
}

Result<mail::Message> Mails::message_of(const SendEmail& mail, const Recipient& recipient,
                                        const MailAttempt& attempt) const {
  mail::TemplateValues values = mail.values;
  std::optional<mail::UnsubscribeUrl> unsubscribe;
  if (mail.stream == MailStream::subscription && mail.user_id) {
    unsubscribe = services_.links.link_of(*mail.user_id);
    values.link("unsubscribe", unsubscribe->str());
  }
  auto content = templates_.render(mail.template_name, recipient.language, values);
  if (!content) return std::unexpected(std::move(content.error()));
  const std::string_view sender = options_.from.address.view();
  return mail::Message{
      .id = mail::MessageId::of(attempt.id.to_string() + std::string(sender.substr(sender.rfind('@')))),
      .at = attempt.at,
      .from = options_.from,
      .to = {.name = {}, .address = recipient.address},
      .subject = std::move(content->subject),
      .text = std::move(content->text),
      .html = std::move(content->html),
      .unsubscribe = std::move(unsubscribe)};
}

bool Mails::may_send_notice(const api::Call& call, std::string_view to) {
  const api::RateLimit limit{.requests = options_.notices_per_hour_max, .window = std::chrono::hours{1}};
  const auto key = api::RateLimitKey::of_text(ascii_lower(to), 0);
  return notices_.take(key, limit, call.clock().steady()).allowed;
}

Task<Result<>> Mails::deliver(api::Call& call, SendEmail mail, MailAttempt attempt) {
  const Recipient recipient = co_await unwrap(recipient_of(mail));
  mail::Message message = co_await unwrap(message_of(mail, recipient, attempt));
  if (mail.is_decoy) co_return Result<>{};
  const auto skipped = [&](std::string_view why) {
    call.log().warn(why, {{"template", mail.template_name}, {"messageId", message.id.view()}});
    return Result<>{};
  };
  if (mail.expires_at && *mail.expires_at <= call.now()) co_return skipped("a mail was not sent: its link has expired");
  if (recipient.state == Recipient::State::unsubscribed) co_return Result<>{};
  if (recipient.state == Recipient::State::suppressed)
    co_return skipped("a mail was not sent: its address is suppressed");
  if (mail.stream == MailStream::notice && attempt.number == 1 && !may_send_notice(call, mail.to))
    co_return skipped("a notice was not mailed: its address had too many in an hour");
  auto sent = co_await services_.mailer.send(std::move(message));
  if (sent || sent.error().code() != mail::errors::recipient_rejected) co_return sent;
  co_await unwrap(services_.units.run(call, &suppress, recipient.address, sent.error().cause()));
  co_return sent;
}

}  // namespace ashlar::backend
