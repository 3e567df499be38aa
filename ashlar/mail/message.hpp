// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/schema/constraints.hpp"

#include <optional>
#include <string_view>

// A mail as a value. Each text that becomes a header field has a type that holds no line break and no control
// character, so no value can add a field (CWE-93).
namespace ashlar::mail {

using DisplayName = Line<0, 120>;
using Subject = Line<1, 200>;
// Lines end with LF, CR LF or CR; the wire has CR LF. The limit counts code points.
using BodyText = Text<1, 100'000>;

// RFC 5322 section 3.4: an address, with a name that a reader is shown.
struct Mailbox {
  DisplayName name{};  // may be empty
  Email address;

  // "Ashlar <no-reply@example.com>" or an address alone; nullopt for anything else.
  static std::optional<Mailbox> parse(std::string_view text);
};

// RFC 5322 section 3.6.4, without the angle brackets: 1 to 64 characters of A-Z a-z 0-9 - _ and single dots, then "@"
// and a domain. The caller gives it, so a mail that is sent again is the same mail for its recipient.
class MessageId : public CheckedString<MessageId> {
 public:
  MessageId() = default;
  static schema::Check check(std::string_view text);
  // A UUID at the domain of the sender's address.
  static MessageId make(const Clock& clock, Random& random, const Email& sender);

  [[nodiscard]] std::string_view left() const { return view().substr(0, view().find('@')); }
};

// Where a recipient ends a subscription with one POST (RFC 8058): an http or https URL of at most 900 bytes, so that
// its header field is one line.
class UnsubscribeUrl : public CheckedString<UnsubscribeUrl> {
 public:
  UnsubscribeUrl() = default;
  static schema::Check check(std::string_view text);
};

// To one recipient, so that none learns of another. Every member is set but the last.
struct Message {
  MessageId id;
  Timestamp at;  // the Date field
  Mailbox from;
  Mailbox to;
  Subject subject;
  BodyText text;  // what a reader without HTML shows
  BodyText html;  // a whole document
  // Of a mail that its recipient subscribed to: List-Unsubscribe and List-Unsubscribe-Post.
  std::optional<UnsubscribeUrl> unsubscribe{};

  [[nodiscard]] std::size_t bytes() const;  // of all texts together
};

}  // namespace ashlar::mail
