// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/catalog.hpp"

#include <span>
#include <string>
#include <vector>

// Tables of a Catalog as the statements that create them, each on its own line.
namespace ashlar::sql::detail {

std::string create_table(const Catalog::Table& table, std::string_view name);  // without its indexes
std::string create_index(const Catalog::Index& index, std::string_view table);
std::string create_object(const Catalog::Object& object);
std::string column_definition(const Catalog::Column& column);

// Referenced tables first. Throws std::logic_error for circular references.
std::vector<const Catalog::Table*> in_order_of_references(std::span<const Catalog::Table> tables);

}  // namespace ashlar::sql::detail
