// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/cron.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace ashlar::jobs {
namespace {

std::shared_ptr<const TimeZone> zone(const std::string& name) {
  auto loaded = TimeZone::load(name);
  EXPECT_TRUE(loaded) << name << ": " << (loaded ? "" : loaded.error().message());
  return loaded ? *loaded : nullptr;
}

std::vector<std::string> ticks(const std::string& expression, const std::string& zone_name, const std::string& after,
                               std::size_t count) {
  const auto parsed = CronExpression::parse(expression);
  EXPECT_TRUE(parsed) << expression;
  const auto its_zone = zone(zone_name);
  std::vector<std::string> out;
  auto at = Timestamp::parse(after);
  while (out.size() < count) {
    at = parsed->next(*at, *its_zone);
    if (!at) break;
    out.push_back(at->to_string().substr(0, 19));
  }
  return out;
}
using Ticks = std::vector<std::string>;

TEST(Cron, RefusesWhatIsNoExpression) {
  for (const char* text :
       {"",           "* * * *",       "* * * * * * *", "60 * * * *",  "* 24 * * *",   "* * 0 * *",   "* * 32 * *",
        "* * * 13 *", "* * * * 8",     "a * * * *",     "*/0 * * * *", "5/15 * * * *", "3-1 * * * *", "1,,2 * * * *",
        "-1 * * * *", "1-2-3 * * * *", "* * * foo *",   "@never",      "+1 * * * *",   "1- * * * *",  "*/61 * * * *",
        "1e1 * * * *"}) {
    EXPECT_FALSE(CronExpression::parse(text)) << text;
  }
}

TEST(Cron, FindsTheNextTime) {
  EXPECT_EQ(ticks("*/15 * * * *", "UTC", "2026-05-04T08:30:00Z", 3),
            (Ticks{"2026-05-04T08:45:00", "2026-05-04T09:00:00", "2026-05-04T09:15:00"}));
  EXPECT_EQ(ticks("*/20 * * * * *", "UTC", "2026-05-04T08:30:01Z", 2),
            (Ticks{"2026-05-04T08:30:20", "2026-05-04T08:30:40"}));
  EXPECT_EQ(ticks("0 0 29 2 *", "UTC", "2026-05-04T08:30:00Z", 2),
            (Ticks{"2028-02-29T00:00:00", "2032-02-29T00:00:00"}));
  EXPECT_EQ(ticks("0 0 30 2 *", "UTC", "2026-05-04T08:30:00Z", 1), Ticks{});
  EXPECT_EQ(ticks("0 9 * * mon-fri", "UTC", "2026-05-08T10:00:00Z", 2),
            (Ticks{"2026-05-11T09:00:00", "2026-05-12T09:00:00"}));
  EXPECT_EQ(ticks("0 9 1 * mon", "UTC", "2026-05-25T10:00:00Z", 3),
            (Ticks{"2026-06-01T09:00:00", "2026-06-08T09:00:00", "2026-06-15T09:00:00"}))
      << "either day matches when both are restricted";
  EXPECT_EQ(ticks("0 0 * * 7", "UTC", "2026-05-04T08:30:00Z", 1), (Ticks{"2026-05-10T00:00:00"}));
  EXPECT_EQ(ticks("@monthly", "UTC", "2026-12-31T23:59:59Z", 1), (Ticks{"2027-01-01T00:00:00"}));
  EXPECT_EQ(ticks("0 3 * * *", "Asia/Kolkata", "2026-05-04T08:30:00Z", 1), (Ticks{"2026-05-04T21:30:00"}));
}

// Zurich, 2026-03-29: 02:00 becomes 03:00. 2026-10-25: 03:00 becomes 02:00.
TEST(Cron, ATimeInAGapHappensOnceAtTheChangeAndOneInAnOverlapTheFirstTime) {
  EXPECT_EQ(ticks("30 2 * * *", "Europe/Zurich", "2026-03-28T12:00:00Z", 2),
            (Ticks{"2026-03-29T01:00:00", "2026-03-30T00:30:00"}));
  EXPECT_EQ(ticks("15,30 2 * * *", "Europe/Zurich", "2026-03-28T12:00:00Z", 2),
            (Ticks{"2026-03-29T01:00:00", "2026-03-30T00:15:00"}));
  EXPECT_EQ(ticks("30 2 * * *", "Europe/Zurich", "2026-10-24T12:00:00Z", 2),
            (Ticks{"2026-10-25T00:30:00", "2026-10-26T01:30:00"}));
  EXPECT_EQ(ticks("30 * * * *", "Europe/Zurich", "2026-10-24T23:45:00Z", 3),
            (Ticks{"2026-10-25T00:30:00", "2026-10-25T01:30:00", "2026-10-25T02:30:00"}));
  EXPECT_EQ(ticks("30 * * * *", "Europe/Zurich", "2026-03-29T00:00:00Z", 2),
            (Ticks{"2026-03-29T00:30:00", "2026-03-29T01:30:00"}));
}

TEST(TimeZone, RefusesNamesThatAreNone) {
  for (const char* name : {"", "Nowhere/City", "../../etc/passwd", "/etc/localtime", "Europe", "Europe/Zurich/", "a b"})
    EXPECT_FALSE(TimeZone::load(name)) << name;
}

TEST(TimeZone, RefusesMalformedFiles) {
  const std::string good = [] {
    std::ifstream file("/usr/share/zoneinfo/Europe/Zurich", std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }();
  ASSERT_TRUE(TimeZone::parse("good", good));
  for (std::size_t bytes = 0; bytes < good.size(); ++bytes)
    EXPECT_FALSE(TimeZone::parse("cut", std::string_view(good).substr(0, bytes)) && bytes < good.size() - 40) << bytes;
}

std::vector<std::string> all_zones() {
  std::vector<std::string> out;
  const std::filesystem::path root = "/usr/share/zoneinfo";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string name = std::filesystem::relative(entry.path(), root).string();
    if (!entry.is_regular_file() || name.starts_with("right/") || name.starts_with("posix/")) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    char magic[4] = {};
    file.read(magic, sizeof magic);
    if (std::string_view(magic, 4) == "TZif") out.push_back(name);
  }
  return out;
}

constexpr std::int64_t from_2016 = 1'451'606'400;
constexpr std::int64_t to_2036 = 2'082'758'400;

// Every clock change of every zone over 20 years, around which a daily time and an hourly one are looked up: the daily
// one comes once on each local day, the hourly one every hour of elapsed time.
TEST(Cron, KeepsItsPolicyAtEveryClockChangeOfEveryZone) {
  const auto hourly = CronExpression::parse("0 * * * *");
  const auto zones = all_zones();
  ASSERT_GT(zones.size(), 300U);
  std::size_t changes = 0;
  for (const std::string& name : zones) {
    const auto its_zone = zone(name);
    ASSERT_TRUE(its_zone);
    for (const TimeZone::Change& change : its_zone->changes()) {
      if (change.at < from_2016 || change.at >= to_2036) continue;
      ++changes;
      // A time of day in the middle of what the change skips or repeats.
      const auto before = change.at + change.before.count();
      const auto after = change.at + change.after.count();
      const std::int64_t middle = (before + after) / 2;
      const std::int64_t of_day = ((middle % 86'400) + 86'400) % 86'400;
      const auto daily = CronExpression::parse(std::to_string(of_day % 60) + " " + std::to_string(of_day / 60 % 60) +
                                               " " + std::to_string(of_day / 3'600) + " * * *");
      ASSERT_TRUE(daily);
      const std::int64_t begin = change.at - 36 * 3'600;
      std::vector<std::int64_t> times;
      for (auto at = daily->next(Timestamp::from_milliseconds(begin * 1'000), *its_zone);
           at && at->seconds() < change.at + 48 * 3'600; at = daily->next(*at, *its_zone))
        times.push_back(at->seconds());
      if (after > before) {
        EXPECT_EQ(std::ranges::count(times, change.at), 1) << name << " " << change.at;
      } else {
        EXPECT_EQ(std::ranges::count(times, middle - change.before.count()), 1) << name << " " << change.at;
        EXPECT_EQ(std::ranges::count(times, middle - change.after.count()), 0) << name << " " << change.at;
      }
      // The offsets of most zones are whole hours apart; then an hour passes between two runs.
      if ((change.after - change.before).count() % 3'600 != 0) continue;
      auto at = hourly->next(Timestamp::from_milliseconds((change.at - 3 * 3'600) * 1'000), *its_zone);
      for (int i = 0; i < 6; ++i) {
        const auto next = hourly->next(*at, *its_zone);
        ASSERT_EQ(*next - *at, std::chrono::hours(1)) << name << " " << change.at;
        at = next;
      }
    }
  }
  EXPECT_GT(changes, 5'000U);
}

// Local time is that of the C library, which reads the same files by its own code.
TEST(TimeZone, AgreesWithTheCLibrary) {
  for (const char* name : {"Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
                           "America/Sao_Paulo", "Asia/Tehran", "Pacific/Apia", "Europe/Dublin", "Antarctica/Troll"}) {
    const auto its_zone = zone(name);
    setenv("TZ", name, 1);
    tzset();
    for (std::int64_t at = from_2016; at < to_2036; at += 86'400 * 3 + 1'801) {
      const std::time_t time = at;
      std::tm local{};
      localtime_r(&time, &local);
      ASSERT_EQ(its_zone->offset_at(at).count(), local.tm_gmtoff) << name << " " << at;
    }
  }
  setenv("TZ", "UTC", 1);
  tzset();
}

}  // namespace
}  // namespace ashlar::jobs
