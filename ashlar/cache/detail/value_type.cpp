// SPDX-License-Identifier: Apache-2.0
#include "ashlar/cache/detail/value_type.hpp"

#include "ashlar/cache/detail/siphash.hpp"
#include "ashlar/schema/json_schema.hpp"

namespace ashlar::cache::detail {

// The schema names every member and its type: types that differ in it are not read as each other.
std::uint64_t schema_fingerprint(const schema::Type& type) {
  schema::JsonSchemas schemas("#/");
  std::string text;
  schemas.append(type, schema::JsonSchemas::Use::output, text);
  for (const auto& [name, definition] : schemas.definitions()) (text += name) += definition;
  return siphash(text, {0, 0});
}

}  // namespace ashlar::cache::detail
