// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/type.hpp"

#include <compare>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace ashlar::schema {

// Collects the JSON Schemas (draft 2020-12, the dialect of OpenAPI 3.1) of types. Named types (structs, enumerations)
// and the alternatives of unions become definitions and are referenced; other types are written inline.
//
// A struct's schema depends on the direction. As input it refuses unknown members, members with a default may be
// absent, and amounts may be numbers. As output everything but an optional is present, and passwords are absent. A
// struct used in both directions has two definitions, the second with "Input" or "Output" appended to its name. When
// different types share a name, later ones get a number. Schemas state what JSON Schema can express: a password's
// length is counted in NFC, and refinements are not shown. Not thread-safe. Deterministic: the same calls return the
// same text.
class JsonSchemas {
 public:
  // `reference_prefix` as in "#/components/schemas/".
  explicit JsonSchemas(std::string reference_prefix) : prefix_(std::move(reference_prefix)) {}

  // The direction of the value, as seen from the server.
  enum class Use : unsigned char { input, output };

  // Appends the type's schema, or a reference to it, as one JSON value.
  void append(const Type& type, Use use, std::string& out);
  // The definitions collected so far, by name, each a JSON value.
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& definitions() const { return definitions_; }

 private:
  // Identifies a definition: the description's table, which all copies of the description share, and the direction.
  struct Key {
    const void* table;
    Use use;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  enum class Null : bool { refused, allowed };

  void append_value(const Type& type, Use use, Null null, std::string& out);
  void append_reference(const std::string& name, Null null, std::string_view default_json, std::string& out) const;
  void append_object(const Type& type, Use use, const Alternative* alternative, std::string_view tag_name,
                     std::string& out);
  void append_choice(const Type& type, Use use, Null null, std::string& out);
  const std::string& name_of(const Type& type, Use use, const Alternative* alternative, std::string_view tag_name);
  [[nodiscard]] std::string free_name(const Type& type, Key key) const;

  std::string prefix_;
  std::map<std::string, std::string, std::less<>> definitions_;
  std::map<Key, std::string> names_;
};

// Appends a JSON value that the type accepts: the struct's own example(), or one generated from the constraints. A
// struct whose rules over several members refuse the generated value needs an example(). A user-defined scalar that
// does not accept any text needs Type::append_example.
void append_example(const Type& type, std::string& out);

}  // namespace ashlar::schema
