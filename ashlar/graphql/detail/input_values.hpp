// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/graphql/detail/json_tree.hpp"
#include "ashlar/graphql/document.hpp"
#include "ashlar/graphql/type_system.hpp"

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Literals and variables become the JSON that operations read (specification, sections 3.13 and 6.1.2). Formats and
// ranges of one member are left to the operation, which reports them all at once.
namespace ashlar::graphql::detail {

// Why a leaf type does not accept a literal (that is no variable), or a variable's value.
[[nodiscard]] std::optional<std::string> leaf_fault(const NamedType& type, const Value& literal);
[[nodiscard]] std::optional<std::string> leaf_fault(const NamedType& type, JsonTree::Node json);

// The values of an operation's variables, as an operation reads them. A variable without a value has no entry.
using Variables = std::map<std::string, std::string, std::less<>>;

// `json` is an object, or empty for none. Errors: graphql.variables_invalid, one for each variable.
[[nodiscard]] std::expected<Variables, std::vector<RequestError>> read_variables(const OperationDefinition& operation,
                                                                                 const TypeSystem& types,
                                                                                 std::string_view json);

// Appends the JSON of a valid literal. Fails with a sentence where a variable is null and must not be, which validation
// cannot know. `absent`: the literal is a variable without a value.
enum class Written : std::uint8_t { value, absent };
[[nodiscard]] std::expected<Written, std::string> write_literal(const Value& literal, const TypeRef& type,
                                                                const Variables& variables, std::string& out);

// The type that a variable names; nullopt: there is no such type.
[[nodiscard]] std::optional<TypeRef> type_of(const TypeName& name, const TypeSystem& types);

}  // namespace ashlar::graphql::detail
