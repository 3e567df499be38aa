// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/mail_templates.hpp"

namespace ashlar::backend {

namespace {

void add_german_account_mails(mail::Templates& templates) {
  const auto add = [&](const char* name, const char* source) { templates.add(name, mail::german, source); };
  add("verify-email", R"(
Subject: Bestätigen Sie Ihre E-Mail-Adresse

Diese E-Mail-Adresse wurde für ein Konto angegeben. Bestätigen Sie, dass sie Ihnen gehört:

[Adresse bestätigen]({link})

Der Link gilt einmal, {lifetime|duration} lang.

Wenn Sie das nicht veranlasst haben, ignorieren Sie diese Nachricht.
)");
  add("reset-password", R"(
Subject: Setzen Sie Ihr Passwort zurück

Für das Konto mit dieser E-Mail-Adresse wurde ein neues Passwort angefordert. Hier legen Sie es fest:

[Neues Passwort festlegen]({link})

Der Link gilt einmal, {lifetime|duration} lang.

Wenn Sie das nicht waren, ignorieren Sie diese Nachricht: Das Passwort bleibt gültig, bis der Link benutzt wird.
)");
  add("confirm-change-current", R"(
Subject: Bestätigen Sie die Änderung Ihrer E-Mail-Adresse

Jemand, der in Ihrem Konto angemeldet ist, möchte dessen E-Mail-Adresse in {address} ändern.

Die Änderung muss von beiden Adressen aus bestätigt werden. Bestätigen Sie sie von dieser aus:

[Änderung bestätigen]({link})

Der Link gilt einmal, {lifetime|duration} lang.

Ohne Bestätigung ändert sich nichts.

Wenn Sie das nicht waren, ändern Sie jetzt Ihr Passwort: Jemand anderes kennt es möglicherweise.
)");
  add("confirm-change-new", R"(
Subject: Bestätigen Sie Ihre neue E-Mail-Adresse

Diese E-Mail-Adresse soll für ein bestehendes Konto verwendet werden. Bestätigen Sie, dass sie Ihnen gehört:

[Adresse bestätigen]({link})

Der Link gilt einmal, {lifetime|duration} lang.

Wenn Sie das nicht veranlasst haben, ignorieren Sie diese Nachricht.
)");
}

void add_german_notices(mail::Templates& templates) {
  const auto add = [&](const char* name, const char* source) { templates.add(name, mail::german, source); };
  add("password-changed", R"(
Subject: Ihr Passwort wurde geändert

Das Passwort Ihres Kontos wurde am {at|time} geändert, und alle anderen Sitzungen wurden beendet.

Wenn Sie das nicht waren, fordern Sie jetzt ein neues Passwort an.
)");
  add("email-changed", R"(
Subject: Ihre E-Mail-Adresse wurde geändert

Die E-Mail-Adresse Ihres Kontos wurde am {at|time} in {address} geändert.

Wenn Sie das nicht waren, wenden Sie sich an den Betreiber dieses Dienstes.
)");
  add("factor-added", R"(
Subject: Ihrem Konto wurde eine Anmeldemethode hinzugefügt

Ihrem Konto wurde am {at|time} ein zweiter Faktor oder ein Passkey hinzugefügt.

Wenn Sie das nicht waren, ändern Sie jetzt Ihr Passwort und entfernen Sie die Methode.
)");
  add("factor-removed", R"(
Subject: Aus Ihrem Konto wurde eine Anmeldemethode entfernt

Aus Ihrem Konto wurde am {at|time} ein zweiter Faktor oder ein Passkey entfernt.

Wenn Sie das nicht waren, ändern Sie jetzt Ihr Passwort: Jemand anderes kennt es möglicherweise.
)");
  add("new-sign-in", R"(
Subject: Neue Anmeldung in Ihrem Konto

In Ihrem Konto gab es am {at|time} eine Anmeldung von einem Gerät oder Netz, das keine Ihrer Sitzungen benutzt. Die Netzadresse ist {address}.

Wenn Sie das nicht waren, ändern Sie jetzt Ihr Passwort: Jemand anderes kennt es möglicherweise.
)");
}

void add_german_order_mails(mail::Templates& templates) {
  const auto add = [&](const char* name, const char* source) { templates.add(name, mail::german, source); };
  add("order-confirmation", R"(
Subject: Ihre Bestellung vom {at|time}

Vielen Dank für Ihre Bestellung {order}.

{rows|table}

Die Gesamtsumme beträgt {total|money}.
)");
  add("payment-failed", R"(
Subject: Die Zahlung Ihrer Bestellung ist fehlgeschlagen

Die Zahlung von {total|money} für Ihre Bestellung {order} ist fehlgeschlagen. Es wurde nichts abgebucht.

Bezahlen Sie erneut, um die Bestellung abzuschließen, oder ignorieren Sie diese Nachricht: Unbezahlte Bestellungen werden storniert.
)");
  add("order-refunded", R"(
Subject: Ihre Bestellung wurde erstattet

Ihre Bestellung {order} wurde erstattet. Sie erhalten {total|money} in den nächsten Tagen auf Ihrem Zahlungsweg zurück.
)");
}

void add_german_notification_mails(mail::Templates& templates) {
  const auto add = [&](const char* name, const char* source) { templates.add(name, mail::german, source); };
  add("notify-order.paid", R"(
Subject: Ihre Bestellung ist bezahlt

Ihre Bestellung {resource} über {detail|money} ist bezahlt.

[Diese Nachrichten abbestellen]({unsubscribe})
)");
  add("notify-order.cancelled", R"(
Subject: Ihre Bestellung wurde storniert

Ihre Bestellung {resource} über {detail|money} wurde storniert.

[Diese Nachrichten abbestellen]({unsubscribe})
)");
  add("notify-order.refunded", R"(
Subject: Ihre Bestellung ist erstattet

Ihre Bestellung {resource} über {detail|money} ist erstattet.

[Diese Nachrichten abbestellen]({unsubscribe})
)");
  add("notify-payment.failed", R"(
Subject: Eine Ihrer Zahlungen ist fehlgeschlagen

Die Zahlung von {detail|money} für Ihre Bestellung {resource} ist fehlgeschlagen.

[Diese Nachrichten abbestellen]({unsubscribe})
)");
  add("notify-account.new_sign_in", R"(
Subject: Neue Anmeldung

In Ihrem Konto gab es eine Anmeldung von {detail}.

[Diese Nachrichten abbestellen]({unsubscribe})
)");
}

}  // namespace

void add_german_mails(mail::Templates& templates) {
  add_german_account_mails(templates);
  add_german_notices(templates);
  add_german_order_mails(templates);
  add_german_notification_mails(templates);
}

}  // namespace ashlar::backend
