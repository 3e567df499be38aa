// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/mail_templates.hpp"

namespace ashlar::backend {

namespace {

void add_english_account_mails(mail::Templates& templates) {
  const auto add = [&](const char* name, const char* source) { templates.add(name, mail::english, source); };
  add("verify-email", R"(
Subject: Confirm your e-mail address

This e-mail address was entered for an account. Confirm that it is yours:

[Confirm the address]({link})

The link works once, for {lifetime|duration}.

If you did not ask for this, ignore this mail.
)");
  add("reset-password", R"(
Subject: Reset your password

Somebody asked for a new password for the account with this e-mail address. Set it here:

[Set a new password]({link})

The link works once, for {lifetime|duration}.

If it was not you, ignore this mail: the password stays as it is until the link is used.
)");
  add("confirm-change-current", R"(
Subject: Confirm the change of your e-mail address

Somebody who is signed in to your account asked to change its e-mail address to {address}.

The change needs a confirmation from both addresses. Confirm it from this one:

[Confirm the change]({link})

The link works once, for {lifetime|duration}.

Without it nothing changes.

If this was not you, change your password now: somebody else may know it.
)");
  add("confirm-change-new", R"(
Subject: Confirm your new e-mail address

Somebody asked to use this e-mail address for an existing account. Confirm that it is yours:

[Confirm the address]({link})

The link works once, for {lifetime|duration}.

If you did not ask for this, ignore this mail.
)");
}

void add_english_notices(mail::Templates& templates) {
  const auto add = [&](const char* name, const char* source) { templates.add(name, mail::english, source); };
  add("password-changed", R"(
Subject: Your password was changed

The password of your account was changed at {at|time}, and its other sessions were ended.

If this was not you, ask for a new password now.
)");
  add("email-changed", R"(
Subject: Your e-mail address was changed

The e-mail address of your account was changed to {address} at {at|time}.

If this was not you, contact the operator of this service.
)");
  add("factor-added", R"(
Subject: A way to sign in was added to your account

A second factor or a passkey was added to your account at {at|time}.

If this was not you, change your password now and remove it.
)");
  add("factor-removed", R"(
Subject: A way to sign in was removed from your account

A second factor or a passkey was removed from your account at {at|time}.

If this was not you, change your password now: somebody else may know it.
)");
  add("new-sign-in", R"(
Subject: A new sign-in to your account

Your account was signed in to at {at|time}, from a device or network that none of its sessions has. The network address is {address}.

If this was not you, change your password now: somebody else may know it.
)");
}

void add_english_order_mails(mail::Templates& templates) {
  const auto add = [&](const char* name, const char* source) { templates.add(name, mail::english, source); };
  add("order-confirmation", R"(
Subject: Your order of {at|time}

Thank you for your order {order}.

{rows|table}

The total is {total|money}.
)");
  add("payment-failed", R"(
Subject: The payment for your order failed

The payment of {total|money} for your order {order} failed, and nothing was charged.

Pay again to complete the order, or ignore this mail: an order that is not paid is cancelled.
)");
  add("order-refunded", R"(
Subject: Your order was refunded

Your order {order} was refunded. You get {total|money} back on the way you paid, within a few days.
)");
}

void add_english_notification_mails(mail::Templates& templates) {
  const auto add = [&](const char* name, const char* source) { templates.add(name, mail::english, source); };
  add("notify-order.paid", R"(
Subject: Your order is paid

Your order {resource} over {detail|money} is paid.

[Stop these mails]({unsubscribe})
)");
  add("notify-order.cancelled", R"(
Subject: Your order was cancelled

Your order {resource} over {detail|money} was cancelled.

[Stop these mails]({unsubscribe})
)");
  add("notify-order.refunded", R"(
Subject: Your order is refunded

Your order {resource} over {detail|money} is refunded.

[Stop these mails]({unsubscribe})
)");
  add("notify-payment.failed", R"(
Subject: A payment of yours failed

The payment of {detail|money} for your order {resource} failed.

[Stop these mails]({unsubscribe})
)");
  add("notify-account.new_sign_in", R"(
Subject: A new sign-in

Your account was signed in to from {detail}.

[Stop these mails]({unsubscribe})
)");
}

}  // namespace

void add_english_mails(mail::Templates& templates) {
  add_english_account_mails(templates);
  add_english_notices(templates);
  add_english_order_mails(templates);
  add_english_notification_mails(templates);
}

}  // namespace ashlar::backend
