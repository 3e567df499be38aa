// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/message.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/fault_codes.hpp"

#include <algorithm>
#include <string>

namespace ashlar::mail {

namespace {

constexpr std::size_t left_bytes_max = 64;
constexpr std::size_t unsubscribe_bytes_max = 900;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<Mailbox> mailbox_of(std::string_view name, std::string_view address) {
  auto parsed_name = DisplayName::parse(name);
  auto parsed_address = Email::parse(address);
  if (!parsed_name || !parsed_address) return std::nullopt;
  return Mailbox{.name = std::move(*parsed_name), .address = std::move(*parsed_address)};
}

bool is_left(std::string_view text) {
  static constexpr auto allowed = alphabet("-_.");
  if (text.empty() || text.size() > left_bytes_max || text.front() == '.' || text.back() == '.') return false;
  if (text.contains("..")) return false;
  return std::ranges::all_of(text, [](char c) { return allowed[static_cast<unsigned char>(c)]; });
}

}  // namespace

std::optional<Mailbox> Mailbox::parse(std::string_view text) {
  text = trimmed(text);
  const std::size_t open = text.find('<');
  if (open == text.npos) return mailbox_of({}, text);
  if (!text.ends_with('>')) return std::nullopt;
  return mailbox_of(trimmed(text.substr(0, open)), text.substr(open + 1, text.size() - open - 2));
}

schema::Check MessageId::check(std::string_view text) {
  const std::size_t at = text.find('@');
  // The domain is one that an e-mail address has.
  if (at != text.npos && is_left(text.substr(0, at)) && Email::parse("a@" + std::string(text.substr(at + 1))))
    return {};
  return schema::Violation{schema::codes::text, "must be a Message-ID"};
}

schema::Check UnsubscribeUrl::check(std::string_view text) {
  if (text.size() > unsubscribe_bytes_max)
    return schema::Violation{schema::codes::url, "must be an http or https URL of at most 900 bytes"};
  return Url::check(text);
}

MessageId MessageId::make(const Clock& clock, Random& random, const Email& sender) {
  return of(Uuid::make(clock, random).to_string() + std::string(sender.view().substr(sender.view().rfind('@'))));
}

std::size_t Message::bytes() const {
  return id.view().size() + from.name.view().size() + from.address.view().size() + to.name.view().size() +
         to.address.view().size() + subject.view().size() + text.view().size() + html.view().size() +
         (unsubscribe ? unsubscribe->view().size() : 0);
}

}  // namespace ashlar::mail
