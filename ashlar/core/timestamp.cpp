// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/timestamp.hpp"

#include "ashlar/core/ascii.hpp"

#include <array>
#include <cstring>

namespace ashlar {
namespace {

// Reads exactly `count` digits at `at`; -1 when there are fewer.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

constexpr auto digit_pairs = [] {
  std::array<std::array<char, 2>, 100> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i] = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
  }
  return pairs;
}();

// Two digits of a number below 100.
void put(char* at, unsigned value) { std::memcpy(at, digit_pairs[value].data(), 2); }

// The offset after the time, in minutes: "Z", "+02:00". nullopt when it is malformed or does not end the text.
std::optional<int> offset_minutes(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int hours = digits(text, 1, 2);
  const int minutes = digits(text, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

std::optional<Timestamp> Timestamp::parse(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
  const int y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2);
  const int h = digits(text, 11, 2), mi = digits(text, 14, 2), s = digits(text, 17, 2);
  if (y < 1 || mo < 0 || d < 0 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59) return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!date.ok()) return std::nullopt;

  std::size_t at = 19;
  int fraction = 0;
  if (text[at] == '.') {
    std::size_t count = 0;
    for (++at; at < text.size() && is_digit(text[at]); ++at, ++count) {
      if (count < 3) fraction = fraction * 10 + (text[at] - '0');
    }
    if (count == 0 || count > 9) return std::nullopt;
    for (; count < 3; ++count) fraction *= 10;
  }
  const auto offset = offset_minutes(text.substr(at));
  if (!offset) return std::nullopt;

  const auto moment = sys_days{date}.time_since_epoch() + hours{h} + minutes{mi - *offset} + std::chrono::seconds{s};
  const std::int64_t value = duration_cast<std::chrono::milliseconds>(moment).count() + fraction;
  if (value < milliseconds_min || value > milliseconds_max) return std::nullopt;
  return Timestamp{value};
}

char* Timestamp::put_at(char* at) const {
  using namespace std::chrono;
  const sys_time<std::chrono::milliseconds> moment{std::chrono::milliseconds{milliseconds_}};
  const auto midnight = floor<days>(moment);
  const year_month_day date{midnight};
  const auto in_day = static_cast<std::uint32_t>((moment - midnight).count());
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  const std::uint32_t thousandths = in_day % 1000, seconds = in_day / 1000;
  constexpr std::string_view shape = "0000-00-00T00:00:00.000Z";
  shape.copy(at, shape.size());
  put(at, year / 100);
  put(at + 2, year % 100);
  put(at + 5, static_cast<unsigned>(date.month()));
  put(at + 8, static_cast<unsigned>(date.day()));
  put(at + 11, seconds / 3600);
  put(at + 14, seconds / 60 % 60);
  put(at + 17, seconds % 60);
  put(at + 20, thousandths / 10);
  at[22] = static_cast<char>('0' + thousandths % 10);
  return at + shape.size();
}

void Timestamp::append_to(std::string& out) const {
  std::array<char, 24> text;
  out.append(text.data(), put_at(text.data()));
}

std::string Timestamp::to_string() const {
  std::string out;
  append_to(out);
  return out;
}

}  // namespace ashlar
