// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/detail/mail_document.hpp"

#include "ashlar/core/encoding.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::mail::detail {

namespace {

constexpr std::size_t subject_characters_max = Subject::length_max;

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// The first `characters_max` code points.
std::string_view cut(std::string_view text, std::size_t characters_max) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
    if (begins && characters++ == characters_max) return text.substr(0, at);
  }
  return text;
}

}  // namespace

MailDocument::MailDocument(std::string_view language, std::string_view subject)
    : subject_(cut(subject, subject_characters_max)) {
  html_.append("<!doctype html>\n<html lang=\"").append(escaped(language));
  html_.append("\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
  html_.append(escaped(subject_)).append("</title>\n");
  html_ += "<body style=\"margin:0 auto;max-width:36em;padding:1.5em;font:16px/1.5 sans-serif;color:#1a1a1a\">\n";
}

void MailDocument::add_paragraph(std::string_view text) {
  text_.append(text).append("\n\n");
  html_.append("<p>").append(escaped(text)).append("</p>\n");
}

void MailDocument::add_link(std::string_view label, std::string_view url) {
  text_.append(url).append("\n\n");
  html_.append("<p><a href=\"").append(escaped(url)).append("\">").append(escaped(label)).append("</a></p>\n");
}

void MailDocument::add_table(std::span<const TemplateRow> rows) {
  if (rows.empty()) return;
  html_ += "<table style=\"border-collapse:collapse;width:100%\">\n";
  for (const TemplateRow& row : rows) {
    text_.append(row.left).append(": ").append(row.right).append("\n");
    html_.append("<tr><td style=\"padding:.25em 0\">").append(escaped(row.left));
    html_.append("</td><td style=\"padding:.25em 0;text-align:right\">").append(escaped(row.right));
    html_ += "</td></tr>\n";
  }
  text_ += "\n";
  html_ += "</table>\n";
}

Result<MailContent> MailDocument::finish() {
  html_ += "</body>\n</html>\n";
  if (text_.ends_with("\n\n")) text_.pop_back();
  auto subject = Subject::parse(subject_);
  auto text = BodyText::parse(text_);
  auto html = BodyText::parse(html_);
  if (!subject || !text || !html) {
    return std::unexpected(Error(errors::template_value, "The mail could not be made.")
                               .with_cause("the subject is empty, or a part is too long"));
  }
  return MailContent{.subject = std::move(*subject), .text = std::move(*text), .html = std::move(*html)};
}

}  // namespace ashlar::mail::detail
