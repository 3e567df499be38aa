// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar {

// A point in time: whole milliseconds since 1970-01-01T00:00:00Z, years 0001 to 9999.
// On the wire it is RFC 3339 in UTC with three digits of milliseconds: 2026-11-21T08:30:00.125Z.
class Timestamp {
 public:
  constexpr Timestamp() = default;
  static constexpr Timestamp from_milliseconds(std::int64_t since_epoch) { return Timestamp{since_epoch}; }
  static constexpr Timestamp from(std::chrono::system_clock::time_point moment) {
    return Timestamp{std::chrono::floor<std::chrono::milliseconds>(moment.time_since_epoch()).count()};
  }
  // RFC 3339 section 5.6: date-time with any offset and up to nine fraction digits (truncated to milliseconds). nullopt
  // for anything else, including a leap second (:60), which milliseconds since 1970 cannot represent.
  static std::optional<Timestamp> parse(std::string_view rfc3339);

  [[nodiscard]] constexpr std::int64_t milliseconds() const { return milliseconds_; }
  [[nodiscard]] constexpr std::int64_t seconds() const {
    return milliseconds_ >= 0 ? milliseconds_ / 1000 : (milliseconds_ - 999) / 1000;
  }
  [[nodiscard]] std::string to_string() const;
  void append_to(std::string& out) const;  // exactly 24 characters
  char* put_at(char* at) const;            // writes to `at`, which has room for 24 characters; returns the end

  friend constexpr auto operator<=>(Timestamp, Timestamp) = default;
  friend constexpr Timestamp operator+(Timestamp t, std::chrono::milliseconds d) {
    return Timestamp{t.milliseconds_ + d.count()};
  }
  friend constexpr Timestamp operator-(Timestamp t, std::chrono::milliseconds d) {
    return Timestamp{t.milliseconds_ - d.count()};
  }
  friend constexpr std::chrono::milliseconds operator-(Timestamp a, Timestamp b) {
    return std::chrono::milliseconds{a.milliseconds_ - b.milliseconds_};
  }

  static constexpr std::int64_t milliseconds_min = -62'135'596'800'000;  // 0001-01-01T00:00:00.000Z
  static constexpr std::int64_t milliseconds_max = 253'402'300'799'999;  // 9999-12-31T23:59:59.999Z

 private:
  constexpr explicit Timestamp(std::int64_t since_epoch) : milliseconds_(since_epoch) {}
  std::int64_t milliseconds_ = 0;
};

}  // namespace ashlar
