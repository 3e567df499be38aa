// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/schema/type.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::web::detail {

// Reads the fields of a query or a form, names with texts, into the members of a struct, and collects the faults: an
// unknown name, a repeated one that is not an array, a text that the member refuses, a missing required one. Refers to
// its arguments.
class FieldBinder {
 public:
  static constexpr std::size_t members_max = 64;
  enum class Paths : std::uint8_t { names, pointers };  // "page" of a query, "/page" of a body

  FieldBinder(std::span<const schema::Member> members, Paths paths, void* object, std::vector<Fault>& faults)
      : members_(members), paths_(paths), object_(object), faults_(faults) {}

  // null: there is none, and the fault was recorded.
  const schema::Member* find(std::string_view name);
  // Whether it may receive a value (another one, for an array); false: the fault was recorded.
  [[nodiscard]] bool claim(const schema::Member& member);
  void set_text(std::string_view name, std::string_view value);
  // The object of Kind::string and Format::file that receives a file; created if it is optional or an item. null: the
  // fault was recorded.
  void* place_for_file(const schema::Member& member);
  void fault(std::string_view name, std::string_view code, std::string message);
  // After the last field.
  void finish();

 private:
  std::span<const schema::Member> members_;
  Paths paths_;
  void* object_;
  std::vector<Fault>& faults_;
  std::bitset<members_max> seen_;
};

// The content type of an optional or a nullable.
[[nodiscard]] const schema::Type& held_type(const schema::Type& type);
// The type of one value: for an array, its items'.
[[nodiscard]] const schema::Type& value_type(const schema::Type& type);
[[nodiscard]] bool is_file(const schema::Type& type);

}  // namespace ashlar::web::detail
