// SPDX-License-Identifier: Apache-2.0
#include "ashlar/exports/detail/cell.hpp"

namespace ashlar::exports::detail {

namespace {

using schema::Format;
using schema::Kind;

Cell::Kind string_kind(const schema::Type& type) {
  switch (type.format) {
    case Format::money:
      return Cell::Kind::amount;
    case Format::date_time:
      return Cell::Kind::moment;
    case Format::uuid:
    case Format::enumeration:
      return Cell::Kind::word;
    default:
      return Cell::Kind::text;
  }
}

Cell::Kind kind_of(const schema::Type& type) {
  switch (type.kind) {
    case Kind::boolean:
      return Cell::Kind::boolean;
    case Kind::integer:
      return Cell::Kind::integer;
    case Kind::number:
      return Cell::Kind::number;
    case Kind::string:
      return string_kind(type);
    default:
      return Cell::Kind::composite;
  }
}

}  // namespace

std::vector<const schema::Member*> columns_of(const schema::Type& row) {
  std::vector<const schema::Member*> out;
  for (const schema::Member& member : row.members)
    if (!member.password) out.push_back(&member);
  return out;
}

Cell cell_of(const schema::Member& column, const void* row) {
  const schema::Type* type = &column.type();
  const void* value = column.locate_in(row);
  while (type->kind == Kind::optional || type->kind == Kind::nullable) {
    value = type->access.content(value);
    type = &type->element();
    if (value == nullptr) return {.kind = Cell::Kind::empty, .type = type, .value = nullptr};
  }
  return {.kind = kind_of(*type), .type = type, .value = value};
}

}  // namespace ashlar::exports::detail
