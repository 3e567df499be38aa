// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/list_kept_mails.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::backend {

KeptMail KeptMail::example() {
  return {.id = "0193508e-7b2c-7000-8000-000000000001@ashlar.example",
          .at = Timestamp::parse("2026-05-04T08:30:00Z").value(),
          .from = "no-reply@ashlar.example",
          .to = "ada@example.com",
          .subject = "Confirm your e-mail address",
          .text = "Open this page to confirm your address.",
          .html = "<p>Open this page to confirm your address.</p>"};
}

namespace {

KeptMail kept_mail_of(const mail::Message& message) {
  return {.id = std::string(message.id.view()),
          .at = message.at,
          .from = message.from.address.str(),
          .to = message.to.address.str(),
          .subject = message.subject.str(),
          .text = message.text.str(),
          .html = message.html.str()};
}

}  // namespace

Result<api::Page<KeptMail>> list_kept_mails(api::Call&, ListKeptMails in, const mail::MemoryMailer& mailer) {
  const std::vector<mail::Message> kept = mailer.kept();
  sql::Page<KeptMail> out{.rows = {}, .total = static_cast<std::int64_t>(kept.size())};
  const auto limit = static_cast<std::size_t>(in.limit.value().value());
  const std::size_t first = std::min((static_cast<std::size_t>(in.page.value().value()) - 1) * limit, kept.size());
  for (std::size_t i = first; i < std::min(first + limit, kept.size()); ++i) out.rows.push_back(kept_mail_of(kept[i]));
  return api::page_of(std::move(out), in.page, in.limit);
}

}  // namespace ashlar::backend
