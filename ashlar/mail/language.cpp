// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/language.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/core/timestamp.hpp"

#include <algorithm>

namespace ashlar::mail {

const LanguageFormat english{.tag = "en",
                             .second = {"second", "seconds"},
                             .minute = {"minute", "minutes"},
                             .hour = {"hour", "hours"},
                             .day = {"day", "days"},
                             .months = {"January", "February", "March", "April", "May", "June", "July", "August",
                                        "September", "October", "November", "December"},
                             .day_suffix = "",
                             .decimal_point = '.'};

const LanguageFormat german{.tag = "de",
                            .second = {"Sekunde", "Sekunden"},
                            .minute = {"Minute", "Minuten"},
                            .hour = {"Stunde", "Stunden"},
                            .day = {"Tag", "Tage"},
                            .months = {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
                                       "September", "Oktober", "November", "Dezember"},
                            .day_suffix = ".",
                            .decimal_point = ','};

namespace {

constexpr int ranges_max = 32;

std::string counted(std::int64_t number, const LanguageFormat::Unit& unit) {
  return std::to_string(number) + " " + std::string(number == 1 ? unit.one : unit.many);
}

std::string two_digits(std::int64_t number) {
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// In thousandths; -1: malformed. RFC 9110 section 12.4.2.
int weight_of(std::string_view parameter) {
  if (parameter.size() < 3 || parameter.size() > 7 || ascii_lower(parameter[0]) != 'q' || parameter[1] != '=')
    return -1;
  const std::string_view value = parameter.substr(2);
  if ((value[0] != '0' && value[0] != '1') || (value.size() > 1 && value[1] != '.')) return -1;
  int out = value[0] == '1' ? 1'000 : 0;
  int place = 100;
  for (const char c : value.substr(std::min<std::size_t>(2, value.size()))) {
    if (!is_digit(c)) return -1;
    out += (c - '0') * place;
    place /= 10;
  }
  return out > 1'000 ? -1 : out;
}

// The range, or the longest front part of it before a "-" that is available.
std::string_view look_up(std::string_view range, std::span<const std::string_view> available) {
  while (!range.empty()) {
    for (const std::string_view each : available)
      if (ascii_iequals(each, range)) return each;
    const std::size_t dash = range.rfind('-');
    range = dash == range.npos ? std::string_view{} : range.substr(0, dash);
  }
  return {};
}

}  // namespace

std::string LanguageFormat::duration(std::chrono::seconds time) const {
  const std::int64_t seconds = time.count();
  if (seconds % 86'400 == 0 && seconds >= 2 * 86'400) return counted(seconds / 86'400, day);
  if (seconds % 3'600 == 0 && seconds > 0) return counted(seconds / 3'600, hour);
  if (seconds % 60 == 0 && seconds > 0) return counted(seconds / 60, minute);
  return counted(seconds, second);
}

std::optional<std::string> LanguageFormat::time(std::string_view rfc3339) const {
  const auto at = Timestamp::parse(rfc3339);
  if (!at) return std::nullopt;
  const std::chrono::sys_seconds moment{std::chrono::seconds{at->seconds()}};
  const auto midnight = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{midnight};
  const std::chrono::hh_mm_ss clock{moment - midnight};
  std::string out = std::to_string(static_cast<unsigned>(date.day())) + std::string(day_suffix) + " ";
  out.append(months[static_cast<unsigned>(date.month()) - 1]).append(" ");
  out.append(std::to_string(static_cast<int>(date.year()))).append(", ");
  return out + two_digits(clock.hours().count()) + ":" + two_digits(clock.minutes().count()) + " UTC";
}

std::optional<std::string> LanguageFormat::money(std::string_view amount) const {
  const std::size_t point = amount.find('.');
  const std::size_t space = amount.find(' ');
  if (point == amount.npos || space == amount.npos || point > space || point == 0) return std::nullopt;
  const auto is_number = [](char c) { return is_digit(c) || c == '.' || c == '-'; };
  if (!std::ranges::all_of(amount.substr(0, space), is_number)) return std::nullopt;
  std::string out(amount);
  out[point] = decimal_point;
  return out;
}

std::string_view choose_language(std::string_view accept_language, std::span<const std::string_view> available) {
  std::string_view best;
  int best_weight = 0;
  for (int read = 0; read < ranges_max && !accept_language.empty(); ++read) {
    const std::size_t comma = std::min(accept_language.find(','), accept_language.size());
    const std::string_view range = trimmed(accept_language.substr(0, comma));
    accept_language.remove_prefix(std::min(comma + 1, accept_language.size()));
    const std::size_t semicolon = std::min(range.find(';'), range.size());
    const int weight = semicolon == range.size() ? 1'000 : weight_of(trimmed(range.substr(semicolon + 1)));
    if (weight <= best_weight) continue;
    const std::string_view tag = trimmed(range.substr(0, semicolon));
    const std::string_view found = tag == "*" && !available.empty() ? available.front() : look_up(tag, available);
    if (found.empty()) continue;
    best = found;
    best_weight = weight;
  }
  return best;
}

}  // namespace ashlar::mail
