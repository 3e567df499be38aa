// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

// The names in generated code, and which are refused. Functions that refuse throw ExitError (exit_usage) with the
// reason.
namespace ashlar::cli {

// Of a project: a folder, a CMake target and a namespace. a-z, 0-9, - and _, from a letter.
void check_project_name(std::string_view name);
// Of a field, endpoint, job or migration: a-z, 0-9 and _, from a letter, at most 24 characters, no word of C++, of SQL
// or of the library.
void check_name(std::string_view kind, std::string_view name);
// The same for the entity and for its table, whose name is the plural.
void check_entity_name(std::string_view name);

[[nodiscard]] std::string namespace_of(std::string_view project);       // my-shop: my_shop
[[nodiscard]] std::string type_name_of(std::string_view name);          // order_line: OrderLine
[[nodiscard]] std::string json_name_of(std::string_view name);          // order_line: orderLine
[[nodiscard]] std::string plural_of(std::string_view name);             // category: categories
[[nodiscard]] std::string with(std::string_view name, char separator);  // order_line, ' ': order line

// A call or declaration that begins with `head` and its "(", in lines of at most 120 characters as clang-format breaks
// them.
[[nodiscard]] std::string wrapped(std::string head, const std::vector<std::string>& arguments, std::string_view end);

}  // namespace ashlar::cli
