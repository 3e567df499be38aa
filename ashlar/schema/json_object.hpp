// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ashlar {

// A JSON object of any shape, held as its text: data that a program stores and forwards without reading it. As a member
// of a described struct it is written as it is; reading checks that it is an object and keeps its minified text. In a
// database it is a JSON column.
class JsonObject {
 public:
  JsonObject() = default;  // {}

  // The caller guarantees that the text is one well-formed JSON object: text from schema::to_json(), or a column that
  // holds such text.
  [[nodiscard]] static JsonObject trusted(std::string text) {
    JsonObject out;
    out.text_ = std::move(text);
    return out;
  }
  template <schema::DescribedStruct T>
  [[nodiscard]] static JsonObject of(const T& value) {
    return trusted(schema::to_json(value));
  }

  [[nodiscard]] const std::string& text() const { return text_; }
  // The JSON text of a member's value, which lives as long as this object; nullopt: there is none of that name. The
  // name is compared with the bytes between the quotes, so one with escapes is not found. O(length of the text).
  [[nodiscard]] std::optional<std::string_view> member(std::string_view name) const;
  // Errors as schema::read_json(). Ignores members that T does not have, so that an older reader accepts newer data.
  template <schema::DescribedStruct T>
  [[nodiscard]] Result<T> as() const {
    return schema::read_json<T>(text_, {.unknown = schema::ReadOptions::Unknown::ignore});
  }

  friend bool operator==(const JsonObject&, const JsonObject&) = default;

 private:
  std::string text_ = "{}";
};

namespace schema {

// An object whose Access has text: readers and writers of JSON take it as a whole.
template <>
struct Describe<JsonObject> {
  static Type type() {
    Type out{.kind = Kind::object};
    out.unknown_members = UnknownMembers::ignored;
    out.access.view_text = [](const void* value) {
      return std::string_view(static_cast<const JsonObject*>(value)->text());
    };
    out.access.set_text = [](void* value, std::string_view text) -> Check {
      *static_cast<JsonObject*>(value) = JsonObject::trusted(std::string(text));
      return std::nullopt;
    };
    return out;
  }
};

}  // namespace schema
}  // namespace ashlar
