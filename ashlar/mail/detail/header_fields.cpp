// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/detail/header_fields.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/mail/detail/base64.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace ashlar::mail::detail {

namespace {

constexpr std::size_t line_max = 76;  // RFC 2047 section 2, for lines with encoded words
// "=?UTF-8?B?" and "?=" around the base64 of so many bytes, behind a name of ten characters and ": ": 76 characters.
constexpr std::size_t word_bytes_max = 39;

// Where the code point after the first `bytes_max` bytes begins, or the one before.
std::size_t cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text.size();
  std::size_t at = bytes_max;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) --at;
  return at;
}

void append_encoded_words(std::string_view text, std::string& out) {
  for (bool first = true; !text.empty(); first = false) {
    const std::size_t size = cut(text, word_bytes_max);
    if (!first) out += "\r\n ";
    out.append("=?UTF-8?B?").append(base64(text.substr(0, size))).append("?=");
    text.remove_prefix(size);
  }
}

bool is_printable_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

// A reader would take white space at the ends away, and decode what looks like an encoded word.
bool is_plain(std::string_view text, std::size_t size_max) {
  return text.size() <= size_max && is_printable_ascii(text) && !text.starts_with(' ') && !text.ends_with(' ') &&
         !text.contains("=?");
}

// Words of RFC 5322's atext with one space between each two.
bool is_phrase(std::string_view text) {
  static constexpr auto allowed = alphabet("!#$%&'*+-/=?^_`{|}~ ");
  return !text.contains("  ") &&
         std::ranges::all_of(text, [](char c) { return allowed[static_cast<unsigned char>(c)]; });
}

void append_two_digits(unsigned number, std::string& out) {
  out += static_cast<char>('0' + number / 10 % 10);
  out += static_cast<char>('0' + number % 10);
}

}  // namespace

void append_date(Timestamp at, std::string& out) {
  namespace chrono = std::chrono;
  static constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const chrono::sys_seconds moment{chrono::seconds{at.seconds()}};
  const auto day = chrono::floor<chrono::days>(moment);
  const chrono::year_month_day date{day};
  const chrono::hh_mm_ss time{moment - day};
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  out.append("Date: ").append(days[chrono::weekday{day}.c_encoding()]).append(", ");
  append_two_digits(static_cast<unsigned>(date.day()), out);
  out.append(" ").append(months[static_cast<unsigned>(date.month()) - 1]).append(" ");
  append_two_digits(year / 100, out);
  append_two_digits(year, out);
  out += ' ';
  append_two_digits(static_cast<unsigned>(time.hours().count()), out);
  out += ':';
  append_two_digits(static_cast<unsigned>(time.minutes().count()), out);
  out += ':';
  append_two_digits(static_cast<unsigned>(time.seconds().count()), out);
  out += " +0000\r\n";
}

void append_text(std::string_view name, std::string_view text, std::string& out) {
  out.append(name).append(": ");
  if (is_plain(text, line_max - name.size() - 2)) {
    out += text;
  } else {
    append_encoded_words(text, out);
  }
  out += "\r\n";
}

void append_mailbox(std::string_view name, const Mailbox& mailbox, std::string& out) {
  const std::string_view shown = mailbox.name.view();
  const std::string_view address = mailbox.address.view();
  out.append(name).append(": ");
  if (shown.empty()) {
    out.append(address).append("\r\n");
    return;
  }
  const bool plain = is_plain(shown, line_max - name.size() - 2) && is_phrase(shown);
  if (plain) {
    out += shown;
  } else {
    append_encoded_words(shown, out);
  }
  const bool fits = plain && name.size() + shown.size() + address.size() + 5 <= line_max;
  out.append(fits ? " <" : "\r\n <").append(address).append(">\r\n");
}

}  // namespace ashlar::mail::detail
