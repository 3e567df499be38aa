// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/graphql/request_error.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Executable documents of GraphQL (specification of September 2025, section 2): operations and fragments. No I/O.
// Definitions of types and their extensions are not executable and are refused. All parts are values.
namespace ashlar::graphql {

struct Value {
  enum class Kind : std::uint8_t { variable, integer, floating, string, boolean, null, enumeration, list, object };
  struct Key {
    std::string name;
    Location at;
  };

  Kind kind = Kind::null;
  std::string text;               // the name, the number as written, the content of the string, "true"
  std::vector<Value> items = {};  // of a list or an object
  std::vector<Key> keys = {};     // of an object: the name of each item
  Location at = {};
};

struct Argument {
  std::string name;
  Value value;
  Location at;
};

struct Directive {
  std::string name;
  std::vector<Argument> arguments;
  Location at;
};

struct Selection {
  enum class Kind : std::uint8_t { field, spread, inline_fragment };

  Kind kind = Kind::field;
  std::string name;                      // of the field, or of the fragment
  std::string alias = {};                // empty: none
  std::string type_condition = {};       // of an inline fragment; empty: none
  std::vector<Argument> arguments = {};  // of a field
  std::vector<Directive> directives = {};
  std::vector<Selection> selections = {};  // empty: it has none
  Location at = {};

  [[nodiscard]] const std::string& response_name() const { return alias.empty() ? name : alias; }
};

// A type as a variable names it.
struct TypeName {
  std::string name;      // of the innermost type
  std::string wrappers;  // from the outside: '!' non-null, '[' list; "![!" is [name!]!
  Location at;
};

struct VariableDefinition {
  std::string name;
  TypeName type;
  std::optional<Value> default_value;
  std::vector<Directive> directives;
  Location at;
};

enum class OperationKind : std::uint8_t { query, mutation, subscription };

struct OperationDefinition {
  OperationKind kind = OperationKind::query;
  std::string name;  // empty: anonymous
  std::vector<VariableDefinition> variables = {};
  std::vector<Directive> directives = {};
  std::vector<Selection> selections = {};
  Location at = {};
};

struct FragmentDefinition {
  std::string name;
  std::string type_condition;
  std::vector<Directive> directives;
  std::vector<Selection> selections;
  Location at;
};

struct Document {
  std::vector<OperationDefinition> operations;
  std::vector<FragmentDefinition> fragments;
};

// What a document may have, counted while it is parsed.
struct DocumentLimits {
  std::size_t bytes_max = 100'000;
  std::size_t tokens_max = 5'000;      // comments and commas do not count
  std::size_t nesting_max = 64;        // selections, lists and objects inside each other, as written
  std::size_t selections_max = 1'000;  // fields, fragment spreads and inline fragments, as written
  std::size_t aliases_max = 50;
  std::size_t directives_max = 50;
};

// Errors: graphql.syntax_error, graphql.limit_exceeded.
[[nodiscard]] std::expected<Document, RequestError> parse(std::string_view source, const DocumentLimits& limits = {});

}  // namespace ashlar::graphql
