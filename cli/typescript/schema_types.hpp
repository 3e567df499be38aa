// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

// JSON Schema (2020-12, the keywords that describe what a value looks like) as types of TypeScript. Bounds, patterns
// and formats have no type and are left out.
namespace ashlar::cli {

// A member of an object; nullopt when there is none.
[[nodiscard]] std::optional<simdjson::dom::element> member(simdjson::dom::element of, std::string_view name);

// The type of a schema. Components are `types.Order`, or `Order` with an empty prefix.
[[nodiscard]] std::string typescript_type(simdjson::dom::element schema, std::string_view prefix);

// `name` as a member of a type: in quotes unless it is an identifier.
[[nodiscard]] std::string typescript_member(std::string_view name);

// A text in double quotes, escaped as JSON is.
[[nodiscard]] std::string typescript_text(std::string_view text);

// Text of the description as a comment before a declaration, with the indentation; nothing for an empty text.
[[nodiscard]] std::string typescript_comment(std::string_view text, std::string_view indentation);

// A declaration for each component, in the order of the document. Throws UnsupportedDescription when two components
// have the same name without the characters that a name cannot have.
[[nodiscard]] std::string typescript_declarations(simdjson::dom::object schemas);

}  // namespace ashlar::cli
