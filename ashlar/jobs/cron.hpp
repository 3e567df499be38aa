// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::jobs {

// A time zone of the system's database (RFC 8536 files under /usr/share/zoneinfo), read once. Immutable; safe from any
// thread.
class TimeZone {
 public:
  // "Europe/Zurich", "UTC". Error request.invalid: there is no such zone, or its file is malformed.
  static Result<std::shared_ptr<const TimeZone>> load(std::string_view name);
  // From the bytes of a TZif file.
  static Result<std::shared_ptr<const TimeZone>> parse(std::string_view name, std::string_view bytes);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::chrono::seconds offset_at(std::int64_t utc_seconds) const;  // of local time from UTC
  struct Change {
    std::int64_t at;  // UTC, seconds since 1970: the first one with the new offset
    std::chrono::seconds before;
    std::chrono::seconds after;
  };
  [[nodiscard]] const std::vector<Change>& changes() const { return changes_; }
  // When a local clock shows this time (seconds since 1970, as if it were UTC): the first time of two, and of a time
  // that a change leaves out, the instant of the change.
  [[nodiscard]] std::int64_t utc_of(std::int64_t local_seconds) const;

 private:
  TimeZone() = default;

  std::string name_;
  std::vector<Change> changes_;  // in their order; to the year 2100 by the rule at the end of the file
  std::chrono::seconds first_offset_{0};
};

// A cron expression: "minute hour day-of-month month day-of-week", or six fields with seconds first. A field is *, a
// number, a range 1-5, a step */15 or 1-30/2, or a list of these. Months and days of the week have names (jan, mon); 7
// is Sunday as 0 is. When both days are restricted, either one matches, as in cron(8). @hourly, @daily, @weekly,
// @monthly and @yearly stand for the usual expressions.
//
// Clock changes. Let the local clock jump over an interval (a gap), or repeat one (an overlap).
//   - A time of day that falls into a gap happens once, at the instant of the change.
//   - A time of day in an overlap happens once, at its first occurrence.
//   - An expression whose hour is * runs by elapsed time instead: nothing extra in the gap, and in both passes of the
//     overlap. So "*/10 * * * *" runs every ten minutes across every change of whole tens of minutes.
class CronExpression {
 public:
  CronExpression() = default;  // never
  // Error request.invalid says which field is wrong, and why.
  static Result<CronExpression> parse(std::string_view text);

  // The first instant after `after` at which it is due. nullopt: none within eight years ("0 0 30 2 *").
  [[nodiscard]] std::optional<Timestamp> next(Timestamp after, const TimeZone& zone) const;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  friend class CronParser;
  // The first local time from `local` on that matches, before `limit`.
  [[nodiscard]] std::optional<std::int64_t> next_local(std::int64_t local, std::int64_t limit) const;
  [[nodiscard]] bool is_day(std::chrono::year_month_day date) const;

  std::string text_;
  std::uint64_t seconds_ = 0, minutes_ = 0, hours_ = 0, days_ = 0, months_ = 0, weekdays_ = 0;  // bit n: n is allowed
  enum class Days : std::uint8_t { both_match, either_matches } days_rule_ = Days::both_match;
  enum class Hours : std::uint8_t { restricted, every } hours_rule_ = Hours::restricted;
};

}  // namespace ashlar::jobs
