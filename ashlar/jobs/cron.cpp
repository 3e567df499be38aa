// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/cron.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <span>
#include <utility>

namespace ashlar::jobs {

namespace chrono = std::chrono;

namespace {

constexpr std::int64_t day_seconds = 86'400;
constexpr std::int64_t horizon = 8 * 366 * day_seconds;

struct Field {
  std::string_view name;
  int min;
  int max;
  std::span<const std::string_view> names = {};  // of min, min + 1, ...
};

constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                  "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<Field, 6> fields{{{.name = "second", .min = 0, .max = 59},
                                       {.name = "minute", .min = 0, .max = 59},
                                       {.name = "hour", .min = 0, .max = 23},
                                       {.name = "day of the month", .min = 1, .max = 31},
                                       {.name = "month", .min = 1, .max = 12, .names = months},
                                       {.name = "day of the week", .min = 0, .max = 7, .names = weekdays}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> shorthands{{{"@hourly", "0 * * * *"},
                                                                                   {"@daily", "0 0 * * *"},
                                                                                   {"@midnight", "0 0 * * *"},
                                                                                   {"@weekly", "0 0 * * 0"},
                                                                                   {"@monthly", "0 0 1 * *"},
                                                                                   {"@yearly", "0 0 1 1 *"},
                                                                                   {"@annually", "0 0 1 1 *"}}};

std::optional<int> value_of(std::string_view text, const Field& field) {
  for (std::size_t i = 0; i < field.names.size(); ++i) {
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
    if (std::ranges::equal(text, field.names[i], same)) return field.min + static_cast<int>(i);
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.size() > 2) return std::nullopt;
  if (value < field.min || value > field.max) return std::nullopt;
  return value;
}

// One item of a list: *, 5, 1-5, any of them with /step. nullopt: malformed.
std::optional<std::uint64_t> item_of(std::string_view text, const Field& field) {
  int step = 1;
  bool stepped = false;
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    const std::string_view number = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), step);
    if (error != std::errc() || end != number.data() + number.size() || step < 1 || step > field.max)
      return std::nullopt;
    text = text.substr(0, slash);
    stepped = true;
  }
  int from = field.min;
  int to = field.max;
  if (text != "*") {
    const std::size_t dash = text.find('-');
    const auto first = value_of(text.substr(0, dash), field);
    const auto last = dash == std::string_view::npos ? first : value_of(text.substr(dash + 1), field);
    if (!first || !last || *first > *last) return std::nullopt;
    if (stepped && dash == std::string_view::npos) return std::nullopt;  // "5/15" means different things elsewhere
    from = *first;
    to = *last;
  }
  std::uint64_t out = 0;
  for (int value = from; value <= to; value += step) out |= std::uint64_t{1} << static_cast<unsigned>(value);
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t end = text.find(separator);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

bool has(std::uint64_t set, int value) { return (set >> static_cast<unsigned>(value) & 1U) != 0; }

// The smallest allowed value from `from` on; 64: there is none.
int next_in(std::uint64_t set, int from) {
  if (from >= 64) return 64;
  return std::countr_zero(set & (~std::uint64_t{0} << static_cast<unsigned>(from)));
}

std::int64_t floor_day(std::int64_t seconds) {
  return seconds >= 0 ? seconds / day_seconds : (seconds - day_seconds + 1) / day_seconds;
}

}  // namespace

Result<CronExpression> CronExpression::parse(std::string_view text) {
  const auto wrong = [&](const std::string& why) {
    return fail(ashlar::errors::invalid_input, "The cron expression \"" + std::string(text) + "\": " + why);
  };
  std::string_view source = text;
  for (const auto& [name, expression] : shorthands) {
    if (source == name) source = expression;
  }
  std::vector<std::string_view> parts;
  for (const std::string_view part : split(source, ' ')) {
    if (!part.empty()) parts.push_back(part);
  }
  if (parts.size() != 5 && parts.size() != 6) return wrong("it has five fields, or six with seconds first.");
  if (parts.size() == 5) parts.insert(parts.begin(), "0");
  CronExpression out;
  std::array<std::uint64_t*, 6> sets{&out.seconds_, &out.minutes_, &out.hours_,
                                     &out.days_,    &out.months_,  &out.weekdays_};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (const std::string_view item : split(parts[i], ',')) {
      const auto values = item_of(item, fields[i]);
      if (!values) return wrong("the " + std::string(fields[i].name) + " \"" + std::string(item) + "\" is wrong.");
      *sets[i] |= *values;
    }
  }
  if (has(out.weekdays_, 7)) out.weekdays_ |= 1;
  if (!parts[3].starts_with('*') && !parts[5].starts_with('*')) out.days_rule_ = Days::either_matches;
  if (std::popcount(out.hours_) == 24) out.hours_rule_ = Hours::every;
  out.text_ = text;
  return out;
}

bool CronExpression::is_day(chrono::year_month_day date) const {
  const bool day = has(days_, static_cast<int>(static_cast<unsigned>(date.day())));
  const bool weekday = has(weekdays_, static_cast<int>(chrono::weekday(chrono::sys_days(date)).c_encoding()));
  return days_rule_ == Days::either_matches ? day || weekday : day && weekday;
}

std::optional<std::int64_t> CronExpression::next_local(std::int64_t local, std::int64_t limit) const {
  std::int64_t day = floor_day(local);
  int from = static_cast<int>(local - day * day_seconds);
  for (; day * day_seconds < limit; ++day, from = 0) {
    const chrono::year_month_day date{chrono::sys_days(chrono::days(day))};
    if (!has(months_, static_cast<int>(static_cast<unsigned>(date.month())))) {
      const chrono::year_month following = chrono::year_month(date.year(), date.month()) + chrono::months(1);
      day = chrono::sys_days(following / 1).time_since_epoch().count() - 1;
      continue;
    }
    if (!is_day(date)) continue;
    for (int hour = next_in(hours_, from / 3600); hour < 24; hour = next_in(hours_, hour + 1)) {
      const int in_hour = std::max(from - hour * 3600, 0);
      for (int minute = next_in(minutes_, in_hour / 60); minute < 60; minute = next_in(minutes_, minute + 1)) {
        const int second = next_in(seconds_, std::max(in_hour - minute * 60, 0));
        if (second < 60) return day * day_seconds + hour * 3600 + minute * 60 + second;
      }
    }
  }
  return std::nullopt;
}

std::optional<Timestamp> CronExpression::next(Timestamp after, const TimeZone& zone) const {
  if (seconds_ == 0) return std::nullopt;
  const std::int64_t utc = after.seconds();
  const std::int64_t limit = utc + horizon;
  const auto at = [](std::int64_t seconds) { return Timestamp::from_milliseconds(seconds * 1'000); };
  if (hours_rule_ == Hours::restricted) {
    std::int64_t local = utc + zone.offset_at(utc).count() + 1;
    while (const auto found = next_local(local, limit + 2 * day_seconds)) {
      const std::int64_t instant = zone.utc_of(*found);
      if (instant > utc) return at(instant);
      local = *found + 1;
    }
    return std::nullopt;
  }
  // By elapsed time: each stretch between two changes has one offset.
  std::int64_t from = utc + 1;
  while (from < limit) {
    const auto change = std::ranges::upper_bound(zone.changes(), from, {}, &TimeZone::Change::at);
    const std::int64_t end = change == zone.changes().end() ? limit : std::min(change->at, limit);
    const std::int64_t offset = zone.offset_at(from).count();
    if (const auto found = next_local(from + offset, end + offset); found && *found < end + offset)
      return at(*found - offset);
    from = end;
  }
  return std::nullopt;
}

}  // namespace ashlar::jobs
