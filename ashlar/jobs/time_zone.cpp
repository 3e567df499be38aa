// SPDX-License-Identifier: Apache-2.0
// Reads TZif files (RFC 8536) and the POSIX TZ rule in their footer (RFC 8536 section 3.3).
#include "ashlar/core/parse.hpp"
#include "ashlar/jobs/cron.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <utility>

namespace ashlar::jobs {

namespace {

using std::chrono::seconds;
namespace chrono = std::chrono;

constexpr int last_rule_year = 2100;
constexpr std::int64_t day_seconds = 86'400;

std::unexpected<Error> wrong(std::string message) { return fail(ashlar::errors::invalid_input, std::move(message)); }

// Big-endian numbers from the bytes of a file. After an overrun every value is 0.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}
  std::int64_t number(std::size_t width) {
    if (rest_.size() < width) return fail();
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = (value << 8U) | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(width);
    if (width == 4) return static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
    return static_cast<std::int64_t>(value);
  }
  std::string_view take(std::size_t count) {
    if (rest_.size() < count) {
      fail();
      return {};
    }
    const std::string_view out = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return out;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::int64_t fail() {
    failed_ = true;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool failed_ = false;
};

struct Header {
  char version = 0;
  std::size_t utc_count = 0, wall_count = 0, leap_count = 0, time_count = 0, type_count = 0, char_count = 0;
};

std::optional<Header> read_header(Bytes& in) {
  if (in.take(4) != "TZif") return std::nullopt;
  Header out;
  const std::string_view version = in.take(1);
  out.version = version.empty() ? '\0' : version.front();
  (void)in.take(15);
  for (std::size_t* count :
       {&out.utc_count, &out.wall_count, &out.leap_count, &out.time_count, &out.type_count, &out.char_count}) {
    const std::int64_t value = in.number(4);
    if (value < 0 || value > 100'000) return std::nullopt;
    *count = static_cast<std::size_t>(value);
  }
  if (in.failed()) return std::nullopt;
  return out;
}

std::size_t body_bytes(const Header& header, std::size_t time_bytes) {
  return header.time_count * (time_bytes + 1) + header.type_count * 6 + header.char_count +
         header.leap_count * (time_bytes + 4) + header.wall_count + header.utc_count;
}

// A POSIX TZ rule: "CET-1CEST,M3.5.0,M10.5.0/3".
class Rule {
 public:
  static std::optional<Rule> parse(std::string_view text) {
    Rule out;
    out.rest_ = text;
    if (!out.skip_name()) return std::nullopt;
    const auto standard = out.offset();
    if (!standard) return std::nullopt;
    out.standard_ = -*standard;
    if (out.rest_.empty()) return out;
    if (!out.skip_name()) return std::nullopt;
    out.summer_ = out.standard_ + seconds(3600);
    if (!out.rest_.starts_with(',')) {
      const auto summer = out.offset();
      if (!summer) return std::nullopt;
      out.summer_ = -*summer;
    }
    out.begin_ = out.day();
    out.end_ = out.day();
    if (!out.begin_ || !out.end_ || !out.rest_.empty()) return std::nullopt;
    return out;
  }

  void append_changes(int from_year, std::int64_t after, std::vector<TimeZone::Change>& out) const {
    if (!begin_ || !end_) return;
    std::vector<TimeZone::Change> all;
    for (int year = from_year; year <= last_rule_year; ++year) {
      all.push_back({.at = begin_->in(year)-standard_.count(), .before = standard_, .after = *summer_});
      all.push_back({.at = end_->in(year)-summer_->count(), .before = *summer_, .after = standard_});
    }
    std::ranges::sort(all, {}, &TimeZone::Change::at);
    for (const auto& change : all) {
      if (change.at > after) out.push_back(change);
    }
  }

 private:
  struct Day {
    enum class Form : std::uint8_t { week_of_month, day_without_leap, day_from_zero } form = Form::week_of_month;
    int month = 0, week = 0, day = 0;
    seconds time{7200};

    [[nodiscard]] std::int64_t in(int year) const {  // local seconds
      const chrono::year y(year);
      chrono::sys_days date;
      if (form == Form::week_of_month) {
        const chrono::weekday weekday(static_cast<unsigned>(day));
        const chrono::month m(static_cast<unsigned>(month));
        date = week == 5 ? chrono::sys_days(y / m / weekday[chrono::last])
                         : chrono::sys_days(y / m / weekday[static_cast<unsigned>(week)]);
      } else {
        int number = day;
        if (form == Form::day_without_leap) number += y.is_leap() && day >= 60 ? 0 : -1;
        date = chrono::sys_days(y / 1 / 1) + chrono::days(number);
      }
      return date.time_since_epoch().count() * day_seconds + time.count();
    }
  };

  bool skip_name() {
    if (rest_.starts_with('<')) {
      const std::size_t end = rest_.find('>');
      if (end == std::string_view::npos) return false;
      rest_.remove_prefix(end + 1);
      return true;
    }
    const std::size_t end = std::min(rest_.find_first_of("0123456789+-,"), rest_.size());
    rest_.remove_prefix(end);
    return end > 0;
  }
  std::optional<int> number() {
    std::size_t digits = 0;
    int value = 0;
    while (digits < rest_.size() && digits < 4 && rest_[digits] >= '0' && rest_[digits] <= '9')
      value = value * 10 + (rest_[digits++] - '0');
    if (digits == 0) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }
  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<seconds> offset() {  // [+-]hh[:mm[:ss]]
    int sign = 1;
    if (skip('-')) {
      sign = -1;
    } else {
      skip('+');
    }
    const auto hours = number();
    if (!hours) return std::nullopt;
    int total = *hours * 3600;
    for (const int unit : {60, 1}) {
      if (!skip(':')) break;
      const auto part = number();
      if (!part) return std::nullopt;
      total += *part * unit;
    }
    return seconds(sign * total);
  }
  std::optional<Day> day() {  // ,Mm.w.d[/time]  ,Jn[/time]  ,n[/time]
    if (!skip(',')) return std::nullopt;
    Day out;
    if (skip('M')) {
      const auto month = number();
      const auto week = month && skip('.') ? number() : std::nullopt;
      const auto weekday = week && skip('.') ? number() : std::nullopt;
      if (!weekday || *month < 1 || *month > 12 || *week < 1 || *week > 5 || *weekday > 6) return std::nullopt;
      out.month = *month;
      out.week = *week;
      out.day = *weekday;
    } else {
      out.form = skip('J') ? Day::Form::day_without_leap : Day::Form::day_from_zero;
      const auto number_of_day = number();
      if (!number_of_day) return std::nullopt;
      out.day = *number_of_day;
    }
    if (skip('/')) {
      const auto time = offset();
      if (!time) return std::nullopt;
      out.time = *time;
    }
    return out;
  }

  std::string_view rest_;
  seconds standard_{0};
  std::optional<seconds> summer_;
  std::optional<Day> begin_, end_;
};

bool is_zone_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
           c == '-' || c == '+';
  };
  return !name.empty() && name.size() <= 100 && name.front() != '/' && std::ranges::all_of(name, allowed);
}

}  // namespace

Result<std::shared_ptr<const TimeZone>> TimeZone::load(std::string_view name) {
  if (name == "UTC") {
    auto utc = std::shared_ptr<TimeZone>(new TimeZone);
    utc->name_ = name;
    return utc;
  }
  if (!is_zone_name(name)) return wrong("\"" + std::string(name) + "\" is not the name of a time zone.");
  const std::filesystem::path path = std::filesystem::path("/usr/share/zoneinfo") / name;
  std::ifstream file(path, std::ios::binary);
  if (!file || !std::filesystem::is_regular_file(path))
    return wrong("There is no time zone \"" + std::string(name) + "\" in the system's database.");
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return parse(name, bytes);
}

Result<std::shared_ptr<const TimeZone>> TimeZone::parse(std::string_view name, std::string_view bytes) {
  const auto malformed = [&] { return wrong("The file of the time zone \"" + std::string(name) + "\" is malformed."); };
  Bytes in(bytes);
  auto header = read_header(in);
  if (!header || header->version < '2') return malformed();
  (void)in.take(body_bytes(*header, 4));
  header = read_header(in);
  if (!header || header->type_count == 0) return malformed();
  std::vector<std::int64_t> times(header->time_count);
  for (auto& time : times) time = in.number(8);
  const std::string_view types = in.take(header->time_count);
  std::vector<seconds> offsets;
  for (std::size_t i = 0; i < header->type_count; ++i) {
    offsets.emplace_back(in.number(4));
    (void)in.take(2);
  }
  (void)in.take(header->char_count + header->leap_count * 12 + header->wall_count + header->utc_count);
  if (in.failed()) return malformed();

  auto out = std::shared_ptr<TimeZone>(new TimeZone);
  out->name_ = name;
  out->first_offset_ = offsets.front();
  seconds current = offsets.front();
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto type = static_cast<unsigned char>(types[i]);
    if (type >= offsets.size()) return malformed();
    if (offsets[type] != current) out->changes_.push_back({.at = times[i], .before = current, .after = offsets[type]});
    current = offsets[type];
  }
  std::string_view footer = in.rest();
  if (!footer.starts_with('\n')) return malformed();
  footer.remove_prefix(1);
  footer = footer.substr(0, footer.find('\n'));
  if (footer.empty()) return out;
  const auto rule = Rule::parse(footer);
  if (!rule) return malformed();
  const std::int64_t after = times.empty() ? std::numeric_limits<std::int64_t>::min() : times.back();
  const int from_year = times.empty() ? 1970 : static_cast<int>(1970 + times.back() / (day_seconds * 366)) - 1;
  rule->append_changes(from_year, after, out->changes_);
  return out;
}

seconds TimeZone::offset_at(std::int64_t utc_seconds) const {
  const auto next = std::ranges::upper_bound(changes_, utc_seconds, {}, &Change::at);
  return next == changes_.begin() ? first_offset_ : std::prev(next)->after;
}

std::int64_t TimeZone::utc_of(std::int64_t local_seconds) const {
  // Offsets are less than 26 hours. The first change that can matter, and the offset before it.
  auto change = std::ranges::upper_bound(changes_, local_seconds - 26 * 3600, {}, &Change::at);
  seconds offset = change == changes_.begin() ? first_offset_ : std::prev(change)->after;
  for (; change != changes_.end(); ++change) {
    if (local_seconds - offset.count() < change->at) break;
    if (local_seconds - change->after.count() < change->at) return change->at;  // in a gap
    offset = change->after;
  }
  return local_seconds - offset.count();
}

}  // namespace ashlar::jobs
