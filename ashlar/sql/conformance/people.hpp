// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/conformance/suite.hpp"
#include "ashlar/sql/query.hpp"

#include <array>
#include <string>
#include <vector>

// The table for most tests of queries: one column of each type.
namespace ashlar::sql::conformance {

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

inline std::string people_table(const Driver& driver) {
  return "create table people (id " + driver.uuid +
         " primary key, email text not null unique, name text not null, age integer, rank text not null, balance "
         "bigint "
         "not null, active boolean not null, score " +
         driver.number + " not null, created_at " + driver.timestamp +
         " not null, note text, tags text not null, address text);";
}

inline Uuid id_of(int number) {
  std::array<std::uint8_t, 16> bytes{};
  bytes[15] = static_cast<std::uint8_t>(number);
  return Uuid(bytes);
}

inline Person person(int number, const std::string& name) {
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
  if (number % 4 != 0) out.age = Int<0, 150>::of(number % 15 * 10);
  return out;
}

// Six people, numbers 1 to 6.
inline std::vector<Person> six_people() {
  std::vector<Person> people;
  for (const char* name : {"Ada", "Émile", "ÉLODIE", "Ωmega", "100%", "a_b\\c"}) {
    people.push_back(person(static_cast<int>(people.size()) + 1, name));
  }
  return people;
}

// The numbers of the people that were found, in their order: "135".
template <class T>
std::string numbers(const Result<std::vector<T>>& rows) {
  if (!rows) return std::string(code_of(rows)) + ": " + rows.error().cause();
  std::string out;
  for (const auto& row : *rows) out += std::to_string(row.id.bytes()[15]);
  return out;
}

}  // namespace ashlar::sql::conformance
