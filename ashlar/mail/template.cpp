// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/template.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/display_text.hpp"
#include "ashlar/core/parse.hpp"
#include "ashlar/core/unicode.hpp"
#include "ashlar/mail/detail/mail_document.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace ashlar::mail {

namespace {

using Kind = Template::Placeholder::Kind;

constexpr std::string_view subject_prefix = "Subject: ";

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  while (line.ends_with(' ')) line.remove_suffix(1);
  return line;
}

std::invalid_argument malformed(std::string_view what, std::string_view text) {
  return std::invalid_argument("a mail template " + std::string(what) + ": " + std::string(text.substr(0, 80)));
}

Template::Placeholder parse_placeholder(std::string_view inside) {
  const std::size_t bar = std::min(inside.find('|'), inside.size());
  const std::string_view name = inside.substr(0, bar);
  const std::string_view kind = inside.substr(std::min(bar + 1, inside.size()));
  const bool is_name =
      !name.empty() && std::ranges::all_of(name, [](char c) { return is_alphanumeric(c) || c == '_'; });
  if (!is_name) throw malformed("has a placeholder without a name", inside);
  if (bar == inside.size()) return {.kind = Kind::text, .name = std::string(name)};
  if (kind == "duration") return {.kind = Kind::duration, .name = std::string(name)};
  if (kind == "time") return {.kind = Kind::time, .name = std::string(name)};
  if (kind == "money") return {.kind = Kind::money, .name = std::string(name)};
  throw malformed("has a placeholder of an unknown kind", inside);
}

const std::string* find(const std::vector<TemplateText>& in, std::string_view name) {
  const auto found = std::ranges::find(in, name, &TemplateText::name);
  return found == in.end() ? nullptr : &found->value;
}

std::unexpected<Error> wrong(std::string_view name, std::string_view what) {
  return std::unexpected(Error(errors::template_value, "The mail could not be made.")
                             .with_cause("{" + std::string(name) + "} " + std::string(what)));
}

// One line that a reader is shown as it is: a line break or another display control is a space.
std::string shown(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const CodePoint next = decode_utf8(text);
    if (next.bytes == 0) {
      out += "\ufffd";
    } else if (is_display_control(next.value)) {
      out += ' ';
    } else {
      out += text.substr(0, next.bytes);
    }
    text.remove_prefix(std::max<std::size_t>(next.bytes, 1));
  }
  return out;
}

}  // namespace

Template::Template(std::string_view source, const LanguageFormat& language) : language_(&language) {
  while (source.starts_with('\n')) source.remove_prefix(1);
  const std::string_view first = take_line(source);
  if (!first.starts_with(subject_prefix)) throw malformed("begins with \"Subject: \"", first);
  subject_ = parse_pieces(first.substr(subject_prefix.size()));
  if (subject_.empty() || !take_line(source).empty())
    throw malformed("has a subject and an empty line after it", first);
  note({.pieces = subject_});
  std::string paragraph;
  const auto end_paragraph = [&] {
    if (paragraph.empty()) return;
    paragraphs_.push_back(parse_paragraph(std::exchange(paragraph, {})));
    note(paragraphs_.back());
  };
  while (!source.empty()) {
    const std::string_view line = take_line(source);
    if (line.empty()) {
      end_paragraph();
    } else {
      paragraph.append(paragraph.empty() ? "" : " ").append(line);
    }
  }
  end_paragraph();
  if (paragraphs_.empty()) throw malformed("says nothing", first);
  std::ranges::sort(placeholders_);
  const auto [from, to] = std::ranges::unique(placeholders_);
  placeholders_.erase(from, to);
}

std::vector<Template::Piece> Template::parse_pieces(std::string_view text) {
  std::vector<Piece> out;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find_first_of("{}"), text.size());
    if (open > 0) out.push_back({.literal = std::string(text.substr(0, open))});
    text.remove_prefix(open);
    if (text.empty()) break;
    const std::size_t close = text.find('}');
    if (text.front() == '}' || close == text.npos) throw malformed("has a brace without its other", text);
    out.push_back({.placeholder = parse_placeholder(text.substr(1, close - 1))});
    text.remove_prefix(close + 1);
  }
  return out;
}

Template::Paragraph Template::parse_paragraph(std::string_view text) {
  if (text == "{rows|table}") return {.is_table = true};
  if (!text.starts_with('[')) return {.pieces = parse_pieces(text)};
  const std::size_t middle = text.find("]({");
  if (middle == text.npos || !text.ends_with("})")) throw malformed("has a link that is not [label]({name})", text);
  const std::string_view name = text.substr(middle + 3, text.size() - middle - 5);
  return {.pieces = parse_pieces(text.substr(1, middle - 1)), .link = parse_placeholder(name).name};
}

void Template::note(const Paragraph& paragraph) {
  for (const Piece& piece : paragraph.pieces)
    if (piece.literal.empty()) placeholders_.push_back(piece.placeholder);
  if (!paragraph.link.empty()) placeholders_.push_back({.kind = Kind::link, .name = paragraph.link});
  if (paragraph.is_table) placeholders_.push_back({.kind = Kind::table, .name = "rows"});
}

Result<std::string> Template::filled(const std::vector<Piece>& pieces, const TemplateValues& values) const {
  std::string out;
  for (const Piece& piece : pieces) {
    if (!piece.literal.empty()) {
      out += piece.literal;
      continue;
    }
    const Placeholder& wanted = piece.placeholder;
    const std::string* const value = find(values.texts, wanted.name);
    if (value == nullptr) return wrong(wanted.name, "has no value");
    std::optional<std::string> text;
    if (wanted.kind == Kind::text) text = *value;
    if (wanted.kind == Kind::time) text = language_->time(*value);
    if (wanted.kind == Kind::money) text = language_->money(*value);
    if (wanted.kind == Kind::duration) {
      const auto seconds = parse_integer<std::int64_t>(*value);
      if (seconds) text = language_->duration(std::chrono::seconds{*seconds});
    }
    if (!text) return wrong(wanted.name, "is not of its placeholder's kind");
    out += shown(*text);
  }
  return out;
}

Result<MailContent> Template::render(const TemplateValues& values) const {
  auto subject = filled(subject_, values);
  if (!subject) return std::unexpected(std::move(subject.error()));
  detail::MailDocument document(language_->tag, *subject);
  for (const Paragraph& paragraph : paragraphs_) {
    if (paragraph.is_table) {
      std::vector<TemplateRow> rows = values.rows;
      for (TemplateRow& row : rows)
        row = {.left = shown(row.left), .right = shown(language_->money(row.right).value_or(row.right))};
      document.add_table(rows);
      continue;
    }
    auto text = filled(paragraph.pieces, values);
    if (!text) return std::unexpected(std::move(text.error()));
    if (paragraph.link.empty()) {
      document.add_paragraph(*text);
      continue;
    }
    const std::string* const url = find(values.links, paragraph.link);
    if (url == nullptr) return wrong(paragraph.link, "has no link");
    if (!Url::parse(*url)) return wrong(paragraph.link, "is no http or https URL");
    document.add_link(*text, *url);
  }
  return document.finish();
}

}  // namespace ashlar::mail
