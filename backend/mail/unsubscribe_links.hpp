// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/signing_keys.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/mail/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ashlar::backend {

// The links that end an account's notifications by mail without a sign-in (RFC 8058). Their token is the account's id
// and a signature; it does not expire, since a mail may be opened years later, and works as often as it is used. Who
// has it can end the mails, and nothing else. Immutable, safe from every loop.
class UnsubscribeLinks {
 public:
  // `url` without a query: "https://shop.example/api/unsubscribe".
  UnsubscribeLinks(std::string url, std::string key) : url_(std::move(url)), keys_({std::move(key)}) {}

  [[nodiscard]] mail::UnsubscribeUrl link_of(const Uuid& user) const;
  // nullopt for a token that is malformed or not ours.
  [[nodiscard]] std::optional<Uuid> user_of(std::string_view token) const;

 private:
  std::string url_;
  SigningKeys keys_;
};

}  // namespace ashlar::backend
