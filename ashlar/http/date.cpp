// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/date.hpp"

#include "ashlar/http/detail/http1_response.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace ashlar::http {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Parses a date from the front; after an error it stays in the failed state.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  void expect(std::string_view text) {
    good_ = good_ && rest_.starts_with(text);
    if (good_) rest_.remove_prefix(text.size());
  }
  int digits(std::size_t count) {
    int value = 0;
    good_ = good_ && rest_.size() >= count;
    for (std::size_t i = 0; good_ && i < count; ++i) {
      good_ = rest_[i] >= '0' && rest_[i] <= '9';
      value = value * 10 + (rest_[i] - '0');
    }
    if (good_) rest_.remove_prefix(count);
    return value;
  }
  // From asctime: " 6" or "16".
  int padded_day() {
    if (!rest_.starts_with(' ')) return digits(2);
    expect(" ");
    return digits(1);
  }
  int month() {
    const auto found = std::ranges::find(months, rest_.substr(0, 3));
    good_ = good_ && found != months.end();
    if (good_) rest_.remove_prefix(3);
    return static_cast<int>(found - months.begin()) + 1;
  }
  std::chrono::seconds time() {
    const int hours = digits(2);
    expect(":");
    const int minutes = digits(2);
    expect(":");
    const int seconds = digits(2);
    good_ = good_ && hours < 24 && minutes < 60 && seconds <= 60;  // 60: a leap second
    return std::chrono::hours{hours} + std::chrono::minutes{minutes} + std::chrono::seconds{seconds};
  }
  [[nodiscard]] bool ended_well() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::optional<std::int64_t> moment(const Scanner& scanner, int year, int month, int day, std::chrono::seconds time) {
  if (!scanner.ended_well()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return (std::chrono::sys_seconds{std::chrono::sys_days{date}} + time).time_since_epoch().count();
}

bool is_day_name(std::string_view name) {
  constexpr std::array<std::string_view, 7> days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                 "Thursday", "Friday", "Saturday"};
  return std::ranges::any_of(days, [&](std::string_view day) { return name == day || name == day.substr(0, 3); });
}

}  // namespace

std::string to_http_date(std::int64_t seconds) { return detail::http_date(seconds); }

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  const std::size_t name_end = std::min(text.find_first_of(", "), text.size());
  if (!is_day_name(text.substr(0, name_end))) return std::nullopt;
  const bool long_name = name_end > 3;
  Scanner in(text.substr(name_end));
  if (!text.substr(name_end).starts_with(',')) {  // asctime
    in.expect(" ");
    const int month = in.month();
    in.expect(" ");
    const int day = in.padded_day();
    in.expect(" ");
    const auto time = in.time();
    in.expect(" ");
    const int year = in.digits(4);
    return long_name ? std::nullopt : moment(in, year, month, day, time);
  }
  const std::string_view separator = long_name ? "-" : " ";
  in.expect(", ");
  const int day = in.digits(2);
  in.expect(separator);
  const int month = in.month();
  in.expect(separator);
  int year = in.digits(long_name ? 2 : 4);
  if (long_name) year += year < 70 ? 2000 : 1900;
  in.expect(" ");
  const auto time = in.time();
  in.expect(" GMT");
  return moment(in, year, month, day, time);
}

}  // namespace ashlar::http
