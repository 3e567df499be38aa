// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/sign_in_methods.hpp"
#include "backend/users/account_hooks.hpp"

namespace ashlar::backend {

class AccountMails;
class Authorities;
class Challenges;
class Products;
class Sessions;

// A change of role takes effect when the call returns. Disabling an account ends its sessions and its API keys. A
// removal ends the account's sessions, cancels its pending orders and returns their pieces to the stock; its rights and
// API keys end when the call returns. A new address gets a mail to verify it, the old one a notice, and every other
// mailed token is invalidated. When the owner has confirmed a new address, the account's identities still sign in to
// it.
class AccountCascade final : public AccountHooks {
 public:
  // All of them outlive it.
  AccountCascade(Sessions& sessions, Products& products, Authorities& authorities, const Challenges& challenges,
                 AccountMails& mails, PasskeySignIn passkeys)
      : sessions_(sessions),
        products_(products),
        authorities_(authorities),
        challenges_(challenges),
        mails_(mails),
        passkeys_(passkeys) {}

  Task<Result<>> require_not_above(api::UnitOfWork& unit, User account) override;
  Task<Result<>> require_may_give_role(api::UnitOfWork& unit, std::string role) override;
  Task<Result<>> change_role(api::UnitOfWork& unit, User before, std::string role) override;
  Task<Result<>> after_address_change(api::UnitOfWork& unit, User before, User now) override;
  Task<Result<>> after_address_confirmed(api::UnitOfWork& unit, Uuid account, std::string address) override;
  Task<Result<>> require_sign_in_method(api::UnitOfWork& unit, Uuid account) override;
  Task<Result<>> before_disabling(api::UnitOfWork& unit, Uuid account) override;
  Task<Result<>> before_removal(api::UnitOfWork& unit, Uuid account) override;

 private:
  Sessions& sessions_;
  Products& products_;
  Authorities& authorities_;
  const Challenges& challenges_;
  AccountMails& mails_;
  const PasskeySignIn passkeys_;
};

}  // namespace ashlar::backend
