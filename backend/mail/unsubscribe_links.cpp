// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/unsubscribe_links.hpp"

namespace ashlar::backend {

namespace {

constexpr std::string_view purpose = "ashlar.unsubscribe";

}  // namespace

mail::UnsubscribeUrl UnsubscribeLinks::link_of(const Uuid& user) const {
  const std::string id = user.to_string();
  return mail::UnsubscribeUrl::of(url_ + "?token=" + id + "." + keys_.sign(purpose, id));
}

std::optional<Uuid> UnsubscribeLinks::user_of(std::string_view token) const {
  const std::size_t dot = token.find('.');
  if (dot == token.npos) return std::nullopt;
  const auto user = Uuid::parse(token.substr(0, dot));
  // Signed is the one spelling of the id.
  if (!user || !keys_.verify(purpose, user->to_string(), token.substr(dot + 1))) return std::nullopt;
  return user;
}

}  // namespace ashlar::backend
