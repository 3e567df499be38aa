// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/sql/detail/nested_columns.hpp"
#include "ashlar/sql/json_column.hpp"
#include "ashlar/sql/table.hpp"

#include <stdexcept>

namespace ashlar::sql::detail {
namespace {

using schema::Format;
using schema::Kind;
using schema::Storage;

[[noreturn]] void refuse(std::string_view name, const std::string& why) {
  throw std::logic_error("column " + std::string(name) + ": " + why);
}

void require(const schema::Check& check, std::string_view name) {
  if (check) refuse(name, "the stored value violates its type: " + check->message);
}

void read_string(const Row& row, std::size_t column, const schema::Type& type, void* value, std::string_view name) {
  switch (type.format) {
    case Format::uuid:
      return require(type.access.set_text(value, row.uuid(column).to_string()), name);
    case Format::date_time:
      return require(type.access.set_text(value, row.timestamp(column).to_string()), name);
    case Format::money:
      return require(type.access.set_integer(value, row.integer(column)), name);
    default:
      return require(type.access.set_text(value, row.text(column)), name);
  }
}

void read_json(const Row& row, std::size_t column, const schema::Type& type, void* value, std::string_view name) {
  const auto read = schema::read_json(row.text(column), type, value);
  if (read) return;
  const auto& faults = read.error().faults();
  refuse(name, "the stored JSON violates its type: " +
                   (faults.empty() ? read.error().message() : faults.front().path + ": " + faults.front().message));
}

std::string json_of(const schema::Type& type, const void* value) {
  std::string out;
  schema::write_json(type, value, out);
  return out;
}

void read_by_kind(const Row& row, std::size_t column, const schema::Type& type, void* value, std::string_view name) {
  switch (type.kind) {
    case Kind::optional:
    case Kind::nullable:
      if (row.is_null(column)) return type.access.clear(value);
      return read_value(row, column, type.element(), type.access.emplace(value), name);
    case Kind::boolean:
      return require(type.access.set_boolean(value, row.boolean(column)), name);
    case Kind::integer:
      return require(type.access.set_integer(value, row.integer(column)), name);
    case Kind::number:
      return require(type.access.set_number(value, row.number(column)), name);
    case Kind::string:
      return read_string(row, column, type, value, name);
    case Kind::object:
    case Kind::array:
    case Kind::choice:
      return read_json(row, column, type, value, name);
  }
}

}  // namespace

void read_value(const Row& row, std::size_t column, const schema::Type& type, void* value, std::string_view name) {
  switch (type.storage) {
    case Storage::other:
      return read_by_kind(row, column, type, value, name);
    case Storage::boolean:
      *static_cast<bool*>(value) = row.boolean(column);
      return;
    case Storage::integer:
      *static_cast<std::int64_t*>(value) = row.integer(column);
      return;
    case Storage::number:
      *static_cast<double*>(value) = row.number(column);
      return;
    case Storage::text: {
      const auto text = row.text(column);
      if (!schema::detail::is_text(text)) refuse(name, "the stored value is not UTF-8, or contains a NUL");
      static_cast<std::string*>(value)->assign(text);
      return;
    }
    case Storage::uuid:
      *static_cast<Uuid*>(value) = row.uuid(column);
      return;
    case Storage::timestamp:
      *static_cast<Timestamp*>(value) = row.timestamp(column);
      return;
  }
}

std::size_t read_members(const Row& row, std::size_t column, const schema::Type& type, void* object) {
  for (const auto& member : type.members) {
    read_value(row, column++, member.type(), member.locate(object), member.name);
  }
  return column;
}

void read_by_position(const Row& row, const schema::Type& type, void* object) {
  if (row.columns() != type.members.size()) refuse(type.name, "the row has another number of columns");
  read_members(row, 0, type, object);
}

void read_nested(const Row& row, const schema::Type& type, void* object) {
  std::size_t column = 0;
  for (const auto& member : type.members) {
    const auto& part = content_type(member.type());
    void* place = member.locate(object);
    if (&part == &member.type()) {
      column = read_members(row, column, part, place);
      continue;
    }
    const std::size_t end = column + part.members.size();
    std::size_t nulls = column;
    while (nulls < end && row.is_null(nulls)) ++nulls;
    if (nulls == end) {
      member.type().access.clear(place);
    } else {
      read_members(row, column, part, member.type().access.emplace(place));
    }
    column = end;
  }
}

void read_by_name(const Row& row, const schema::Type& type, void* object, std::vector<std::size_t>& columns) {
  if (columns.empty()) {
    for (const auto& member : type.members) {
      std::size_t at = 0;
      while (at < row.columns() && row.name(at) != member.name) ++at;
      if (at == row.columns()) refuse(member.name, "the query does not select it");
      columns.push_back(at);
    }
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto& member = type.members[i];
    read_value(row, columns[i], member.type(), member.locate(object), member.name);
  }
}

const schema::Type& content_type(const schema::Type& type) {
  const bool holder = type.kind == Kind::optional || type.kind == Kind::nullable;
  return holder ? content_type(type.element()) : type;
}

Value column_value(const Row& row, std::size_t column, const schema::Type& type) {
  if (row.is_null(column)) return Null{};
  const auto& content = content_type(type);
  switch (content.kind) {
    case Kind::boolean:
      return row.boolean(column);
    case Kind::integer:
      return row.integer(column);
    case Kind::number:
      return row.number(column);
    default:
      break;
  }
  switch (content.format) {
    case Format::uuid:
      return row.uuid(column);
    case Format::date_time:
      return row.timestamp(column);
    case Format::money:
      return row.integer(column);
    default:
      return std::string(row.text(column));
  }
}

Value value_of(const schema::Type& type, const void* value) {
  switch (type.kind) {
    case Kind::optional:
    case Kind::nullable: {
      const void* content = type.access.content(value);
      return content == nullptr ? Value(Null{}) : value_of(type.element(), content);
    }
    case Kind::boolean:
      return type.access.get_boolean(value);
    case Kind::integer:
      return type.access.get_integer(value);
    case Kind::number:
      return type.access.get_number(value);
    case Kind::object:
    case Kind::array:
    case Kind::choice:
      return json_of(type, value);
    case Kind::string:
      break;
  }
  if (type.storage == Storage::uuid) return *static_cast<const Uuid*>(value);
  if (type.storage == Storage::timestamp) return *static_cast<const Timestamp*>(value);
  if (type.format == Format::money) return type.access.get_integer(value);
  if (type.access.append_text == nullptr) throw std::logic_error("a row holds a secret, which is never written");
  std::string text;
  type.access.append_text(value, text);
  return text;
}

void append_values(const schema::Type& type, const void* object, std::vector<Value>& out) {
  // Beyond that it grows like push_back, by a factor.
  if (out.empty()) out.reserve(type.members.size());
  for (const auto& member : type.members) out.push_back(value_of(member.type(), member.locate_in(object)));
}

std::string_view json_name_of(const schema::Type& type, std::string_view member) {
  for (const auto& each : type.members) {
    if (each.name == member) return each.json_name;
  }
  throw std::logic_error("no member " + std::string(member));
}

std::string column_list(const schema::Type& type) {
  std::string out;
  for (const auto& member : type.members) {
    if (!out.empty()) out += ", ";
    out.append("\"").append(member.name).append("\"");
  }
  return out;
}

void append_columns(std::string_view table, const schema::Type& type, std::string& out) {
  for (const auto& member : type.members) {
    if (!out.empty()) out += ", ";
    out.append("\"").append(table).append("\".\"").append(member.name).append("\"");
  }
}

}  // namespace ashlar::sql::detail
