// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/type.hpp"

#include <map>
#include <string>
#include <string_view>

namespace ashlar::schema {

// Collects JSON Schemas (draft 2020-12, the dialect of OpenAPI 3.1) of types. Named types (structs, enumerations)
// become definitions of their own and are referred to; the rest stand where they are used.
// Two different types of one name are told apart by a number after the second's name.
class JsonSchemas {
 public:
  // `reference_prefix` as in "#/components/schemas/".
  explicit JsonSchemas(std::string reference_prefix) : prefix_(std::move(reference_prefix)) {}

  // Which way the value goes: a member with a default is optional when read and present when written.
  enum class Use : unsigned char { input, output };

  // Appends the type's schema, or a reference to it, as one JSON value.
  void append(const Type& type, Use use, std::string& out);
  // The definitions met so far, by name, each a JSON value.
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& definitions() const { return definitions_; }

 private:
  std::string define(const Type& type, Use use);

  std::string prefix_;
  std::map<std::string, std::string, std::less<>> definitions_;
  std::map<std::pair<const Type*, Use>, std::string> names_;
};

// Appends a JSON value that the type accepts: the struct's own example(), or one made from the constraints.
void append_example(const Type& type, std::string& out);

}  // namespace ashlar::schema
