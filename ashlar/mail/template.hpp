// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/mail/language.hpp"
#include "ashlar/mail/message.hpp"
#include "ashlar/mail/template_values.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::mail {

namespace errors {
// A template lacks a value, or a value is not of the kind that its placeholder wants: a bug of the program.
inline constexpr ErrorCode template_value{ErrorKind::internal, "mail.template_value"};
}  // namespace errors

struct MailContent {
  Subject subject;
  BodyText text;
  BodyText html;
};

// A mail's text in one language. Both parts of a mail, plain and HTML, are made of one source, so they say the same:
//
//   Subject: Reset your password
//
//   Somebody asked for a new password for your account at {at|time}. Set it here:
//
//   [Set a new password]({link})
//
//   {rows|table}
//
//   The link works once, for {lifetime|duration}.
//
// The first line is the subject; paragraphs are separated by empty lines, and their lines are joined. A paragraph can
// be one link, or the table of TemplateValues::rows. {name} is a text; {name|duration}, {name|time} and {name|money}
// are written as the language does ("24 Stunden"), from seconds, an RFC 3339 time, and "12.50 EUR".
//
// A source holds no markup, and no value becomes any: values are escaped, their line breaks and control characters
// become spaces, and a link is rendered only when it is an http or https URL. Immutable.
class Template {
 public:
  // Throws std::invalid_argument, naming the line, for a source that is malformed.
  Template(std::string_view source, const LanguageFormat& language);

  // Error mail.template_value.
  [[nodiscard]] Result<MailContent> render(const TemplateValues& values) const;

  struct Placeholder {
    enum class Kind : std::uint8_t { text, duration, time, money, link, table } kind = Kind::text;
    std::string name{};

    friend auto operator<=>(const Placeholder&, const Placeholder&) = default;
  };
  // Those that the source has, sorted, each once.
  [[nodiscard]] const std::vector<Placeholder>& placeholders() const { return placeholders_; }

 private:
  struct Piece {
    std::string literal{};  // or, where this is empty,
    Placeholder placeholder{};
  };
  struct Paragraph {
    std::vector<Piece> pieces{};  // of a link: its label
    std::string link{};           // the placeholder's name; empty: no link
    bool is_table = false;
  };
  struct Writer;

  [[nodiscard]] static std::vector<Piece> parse_pieces(std::string_view text);
  [[nodiscard]] static Paragraph parse_paragraph(std::string_view text);
  void note(const Paragraph& paragraph);
  [[nodiscard]] Result<std::string> filled(const std::vector<Piece>& pieces, const TemplateValues& values) const;

  const LanguageFormat* language_;  // lives as long as the program
  std::vector<Piece> subject_;
  std::vector<Paragraph> paragraphs_;
  std::vector<Placeholder> placeholders_;
};

}  // namespace ashlar::mail
