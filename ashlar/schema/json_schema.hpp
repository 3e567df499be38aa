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

// Collects JSON Schemas (draft 2020-12, the dialect of OpenAPI 3.1) of types. Named types (structs, enumerations) and
// the alternatives of unions become definitions of their own and are referred to; the rest stand where they are used.
//
// A struct's schema depends on which way the value goes. As input it refuses unknown members, members with a default
// may be absent, and amounts may be numbers; as output everything but an optional is present, and passwords are not.
// A struct that is used in both ways has two definitions, the second with "Input" or "Output" after its name.
// Different types of one name are told apart by a number after the second's name.
// Schemas say what a schema can: a password's length is counted in NFC, and refinements are not shown.
// Not for use from two threads at once. Deterministic: the same calls give the same text.
class JsonSchemas {
 public:
  // `reference_prefix` as in "#/components/schemas/".
  explicit JsonSchemas(std::string reference_prefix) : prefix_(std::move(reference_prefix)) {}

  // Which way the value goes, seen from the server.
  enum class Use : unsigned char { input, output };

  // Appends the type's schema, or a reference to it, as one JSON value.
  void append(const Type& type, Use use, std::string& out);
  // The definitions met so far, by name, each a JSON value.
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& definitions() const { return definitions_; }

 private:
  // What a definition is of: a description's table, which all copies of the description share, and the direction.
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

// Appends a JSON value that the type accepts: the struct's own example(), or one made from the constraints. A struct
// with a rule over several members needs an example() where a made one would break the rule, and a scalar of a user's
// own needs Type::append_example where its text is not free.
void append_example(const Type& type, std::string& out);

}  // namespace ashlar::schema
