// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/conformance/people.hpp"

namespace ashlar::sql::conformance {
namespace {

enum class Kind { home, work };
ASHLAR_DESCRIBE_ENUM(Kind, home, work)

struct Region {
  std::string country_code;
};
ASHLAR_DESCRIBE(Region, country_code)

struct Place {
  std::string city;
  Kind kind{};
  std::optional<std::int64_t> floor;
  double height = 0;
  bool has_lift = false;
  Region region;
};
ASHLAR_DESCRIBE(Place, city, kind, floor, height, has_lift, region)

struct Flat {
  Uuid id;
  Place place;
  std::optional<Place> second;
  std::vector<std::string> tags;
};
ASHLAR_DESCRIBE(Flat, id, place, second, tags)
ASHLAR_TABLE(Flat, "flats")

std::string flats_table(const Driver& driver) {
  const auto column = [&](const std::string& name, const std::string& null) {
    return name + " " + driver.json + " " + null;
  };
  return "create table flats (id " + driver.uuid + " primary key, " + column("place", "not null") + ", " +
         column("second", "") + ", " + column("tags", "not null") + ");";
}

Flat flat(int number, std::string city, std::optional<std::int64_t> floor) {
  return {.id = id_of(number),
          .place = {.city = std::move(city),
                    .kind = number % 2 == 0 ? Kind::work : Kind::home,
                    .floor = floor,
                    .height = number / 2.0,
                    .has_lift = number == 3,
                    .region = {.country_code = number < 3 ? "CH" : "FR"}},
          .second = std::nullopt,
          .tags = {"a", "it's \"b\""}};
}

TEST_P(Conformance, FindsRowsByWhatTheirJsonHolds) {
  auto& db = open_with(flats_table(GetParam()));
  auto third = flat(3, "O'Hara %_", 12);
  third.second = third.place;
  ASSERT_TRUE(await(insert_many(std::vector{flat(1, "Zürich", std::nullopt), flat(2, "zug", 2), third}).run(db)));
  const auto flats = [&](Condition<Flat> condition) {
    return numbers(await(from<Flat>().where(std::move(condition)).order_by(asc<&Flat::id>).all(db)));
  };
  const auto& city = json<&Flat::place, &Place::city>;
  const auto& floor = json<&Flat::place, &Place::floor>;
  EXPECT_EQ(flats(city == "Zürich"), "1");
  EXPECT_EQ(flats(city == "O'Hara %_"), "3");
  EXPECT_EQ(flats(city != "zug"), "13");
  EXPECT_EQ(flats(city.in({"zug", "Zürich", "nowhere"})), "12");
  EXPECT_EQ(flats(contains_ignoring_case(city, "ZÜ")), "1");
  EXPECT_EQ(flats(starts_with(city, "z")), "2");
  EXPECT_EQ(flats(floor > 2), "3") << "as numbers, not as text";
  EXPECT_EQ(flats(floor >= 2), "23");
  EXPECT_EQ(flats(floor.is_null()), "1");
  EXPECT_EQ(flats(floor.is_not_null()), "23");
  EXPECT_EQ(flats(json<&Flat::place, &Place::height> > 0.75), "23");
  EXPECT_EQ(flats(json<&Flat::place, &Place::has_lift> == true), "3");
  EXPECT_EQ(flats(json<&Flat::place, &Place::kind> == Kind::work), "2");
  EXPECT_EQ(flats(json<&Flat::place, &Place::region, &Region::country_code> == "CH" && city != "zug"), "1");
  EXPECT_EQ(flats(json<&Flat::second, &Place::city> == city), "3");
  EXPECT_EQ(flats(json<&Flat::second, &Place::city>.is_null()), "12");

  const auto read = await(from<Flat>().where(city == "O'Hara %_").one(db));
  ASSERT_TRUE(read) << read.error().cause();
  EXPECT_EQ((*read)->second->floor, 12);
  EXPECT_EQ((*read)->tags.at(1), "it's \"b\"");
  const auto moved =
      await(update<Flat>().set(col<&Flat::place> = flat(2, "Bern", 1).place).where(floor == 2).returning_one(db));
  ASSERT_TRUE(moved) << moved.error().cause();
  EXPECT_EQ((*moved)->place.city, "Bern");
}

}  // namespace
}  // namespace ashlar::sql::conformance
