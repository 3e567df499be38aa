// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/json.hpp"
#include "ashlar/sql/conformance/suite.hpp"
#include "ashlar/sql/query.hpp"
#include "ashlar/sql/transaction.hpp"

#include <stdexcept>

namespace ashlar::sql::conformance {
namespace {

enum class Rank { low, high };
ASHLAR_DESCRIBE_ENUM(Rank, low, high)

struct Address {
  Text<1, 40> street;
  Text<1, 40> city;
};
ASHLAR_DESCRIBE(Address, street, city)

struct Person {
  Uuid id;
  Email email;
  Text<1, 40> name;
  std::optional<Int<0, 150>> age;
  Rank rank{};
  Money balance;
  bool active = false;
  double score = 0;
  Timestamp created_at;
  Nullable<std::string> note;
  std::vector<std::string> tags;
  std::optional<Address> address;
};
ASHLAR_DESCRIBE(Person, id, email, name, age, rank, balance, active, score, created_at, note, tags, address)
ASHLAR_TABLE(Person, "people")

struct PersonName {
  Uuid id;
  Text<1, 40> name;
};
ASHLAR_DESCRIBE(PersonName, id, name)


std::string people_table(const Driver& driver) {
  return "create table people (id " + driver.uuid +
         " primary key, email text not null unique, name text not null, age integer, rank text not null, balance "
         "bigint "
         "not null, active boolean not null, score " +
         driver.number + " not null, created_at " + driver.timestamp +
         " not null, note text, tags text not null, address text);";
}

Uuid id_of(int number) {
  std::array<std::uint8_t, 16> bytes{};
  bytes[15] = static_cast<std::uint8_t>(number);
  return Uuid(bytes);
}

Person person(int number, const std::string& name) {
  Person out{.id = id_of(number),
             .email = Email::of("p" + std::to_string(number) + "@example.com"),
             .name = Text<1, 40>::of(name),
             .age = std::nullopt,
             .rank = number % 2 == 0 ? Rank::high : Rank::low,
             .balance = Money::of_minor_units(number * 100),
             .active = number % 3 == 0,
             .score = number / 4.0,
             .created_at = Timestamp::from_milliseconds(1'700'000'000'000 + number),
             .note = {},
             .tags = {},
             .address = std::nullopt};
  if (number % 4 != 0) out.age = Int<0, 150>::of(number * 10);
  return out;
}

TEST_P(Conformance, ReadsWholeStructsBack) {
  auto& db = open_with(people_table(GetParam()));
  auto written = person(7, "Zoë 😀");
  written.note = std::string("line\nbreak");
  written.tags = {"a", "", "\"quoted\""};
  written.address = Address{.street = Text<1, 40>::of("Main St 1"), .city = Text<1, 40>::of("Zürich")};
  EXPECT_EQ(await(insert(written).run(db))->rows_affected, 1);
  const auto read = await(from<Person>().where(col<&Person::id> == written.id).one(db));
  ASSERT_TRUE(read) << read.error().cause();
  ASSERT_TRUE(*read);
  EXPECT_EQ(schema::to_json(**read), schema::to_json(written));
}

}  // namespace
}  // namespace ashlar::sql::conformance
