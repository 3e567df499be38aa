// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace ashlar::grpc {

// The numbers of the fields of every message that was ever published, as a text that is committed next to the code:
//
//   message User
//     1 id
//     2 email
//     reserved 3 nickname
//
// A number is never used for another field. A field that no longer exists keeps its line as `reserved`; it gets its
// number back when it returns. A message that does not exist keeps its lines as they are: it may belong to a feature
// that is off. A value.
class FieldNumbers {
 public:
  FieldNumbers() = default;
  // Throws std::invalid_argument with the line's number for a text that is not of this form, or gives a number or a
  // name of one message twice.
  explicit FieldNumbers(std::string_view text);

  // Makes every field of the message reserved, so that those that number() is called for afterwards are the present
  // ones.
  void begin(std::string_view message);
  // The field's number; the next one of the message if it has none. 19000 to 19999 belong to protobuf and are skipped.
  std::uint32_t number(std::string_view message, std::string_view field);

  struct Reserved {
    std::set<std::uint32_t> numbers;
    std::set<std::string> names;
  };
  [[nodiscard]] Reserved reserved(std::string_view message) const;
  [[nodiscard]] std::string to_string() const;

 private:
  struct Entry {
    std::string name;
    enum class State : std::uint8_t { present, reserved } state = State::present;
  };
  std::map<std::string, std::map<std::uint32_t, Entry>, std::less<>> messages_;
};

}  // namespace ashlar::grpc
