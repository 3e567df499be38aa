// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/row.hpp"

#include "ashlar/sql/postgres/detail/types.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace ashlar::sql::postgres::detail {
namespace {

bool holds_text(Oid type) {
  switch (type) {
    case oid::text:
    case oid::varchar:
    case oid::bpchar:
    case oid::name:
    case oid::internal_char:
    case oid::unknown:
    case oid::json:
    case oid::jsonb:
    case oid::xml:
      return true;
    default:
      return type >= oid::first_user_defined;
  }
}

std::string type_name(Oid type) {
  switch (type) {
    case oid::boolean:
      return "a bool";
    case oid::int2:
    case oid::int4:
    case oid::int8:
      return "an integer";
    case oid::float4:
    case oid::float8:
    case oid::numeric:
      return "a number";
    case oid::bytea:
      return "bytes";
    case oid::uuid:
      return "a UUID";
    case oid::timestamp:
    case oid::timestamptz:
      return "a moment";
    default:
      return holds_text(type) ? "text" : "the type number " + std::to_string(type);
  }
}

}  // namespace

ResultRow::ResultRow(const PGresult* result)
    : result_(result), columns_(static_cast<std::size_t>(PQnfields(result))), kept_(std::min(columns_, cells_kept)) {
  for (std::size_t i = 0; i < kept_; ++i) cells_[i].type = PQftype(result, static_cast<int>(i));
}

void ResultRow::move_to(int row) {
  row_ = row;
  for (std::size_t i = 0; i < kept_; ++i) cells_[i] = read_cell(i, cells_[i].type);
}

ResultRow::Cell ResultRow::read_cell(std::size_t column, Oid type) const {
  const int at = static_cast<int>(column), length = PQgetlength(result_, row_, at);
  if (length == 0 && PQgetisnull(result_, row_, at) != 0) return {.type = type};
  return {PQgetvalue(result_, row_, at), static_cast<std::size_t>(length), type};
}

ResultRow::Cell ResultRow::other_cell(std::size_t column) const {
  const int at = checked(column);
  return read_cell(column, PQftype(result_, at));
}

void ResultRow::out_of_range(std::size_t column) const {
  throw std::logic_error("column " + std::to_string(column) + " of a row with " + std::to_string(columns_));
}

void ResultRow::refuse(std::size_t column, const char* wanted) const {
  const Cell at = cell(column);
  const std::string held = at.bytes == nullptr ? "NULL" : type_name(at.type);
  throw std::logic_error("column " + std::string(name(column)) + " holds " + held + ", and " + wanted +
                         " was asked for");
}

std::string_view ResultRow::name(std::size_t column) const { return PQfname(result_, checked(column)); }

bool ResultRow::is_null(std::size_t column) const { return cell(column).bytes == nullptr; }

bool ResultRow::boolean(std::size_t column) const {
  const Cell value = held(column, "a bool");
  if (value.type != oid::boolean) refuse(column, "a bool");
  return value.bytes[0] != 0;
}

std::int64_t ResultRow::integer(std::size_t column) const {
  const Cell value = held(column, "an integer");
  if (value.type == oid::int8) [[likely]]
    return read_big_endian<std::int64_t>(value.bytes);
  switch (value.type) {
    case oid::int4:
      return read_big_endian<std::int32_t>(value.bytes);
    case oid::int2:
      return read_big_endian<std::int16_t>(value.bytes);
    case oid::oid:
      return read_big_endian<std::uint32_t>(value.bytes);
    case oid::numeric:
      if (const auto whole = integer_of_numeric(value.view())) return *whole;
      break;
    default:
      break;
  }
  refuse(column, "an integer");
}

double ResultRow::number(std::size_t column) const {
  const Cell value = held(column, "a number");
  switch (value.type) {
    case oid::float8:
      return std::bit_cast<double>(read_big_endian<std::uint64_t>(value.bytes));
    case oid::float4:
      return static_cast<double>(std::bit_cast<float>(read_big_endian<std::uint32_t>(value.bytes)));
    case oid::numeric:
      return number_of_numeric(value.view());
    case oid::int8:
    case oid::int4:
    case oid::int2: {
      constexpr std::int64_t exact_max = std::int64_t{1} << 53;  // beyond it a double loses digits
      const std::int64_t whole = integer(column);
      if (whole > exact_max || whole < -exact_max) refuse(column, "a number that a double can hold");
      return static_cast<double>(whole);
    }
    default:
      refuse(column, "a number");
  }
}

std::string_view ResultRow::text(std::size_t column) const {
  const Cell value = held(column, "text");
  if (value.type == oid::text || value.type == oid::varchar) [[likely]]
    return value.view();
  if (!holds_text(value.type)) refuse(column, "text");
  const std::size_t version_bytes = value.type == oid::jsonb ? 1 : 0;  // jsonb's form begins with it
  return value.view().substr(version_bytes);
}

std::string_view ResultRow::blob(std::size_t column) const {
  const Cell value = held(column, "bytes");
  if (value.type != oid::bytea) refuse(column, "bytes");
  return value.view();
}

Uuid ResultRow::uuid(std::size_t column) const {
  const Cell value = held(column, "a UUID");
  if (value.type != oid::uuid) refuse(column, "a UUID");
  std::array<std::uint8_t, 16> id{};
  std::memcpy(id.data(), value.bytes, id.size());
  return Uuid{id};
}

Timestamp ResultRow::timestamp(std::size_t column) const {
  const Cell value = held(column, "a moment");
  if (value.type != oid::timestamptz && value.type != oid::timestamp) refuse(column, "a moment");
  const auto microseconds = std::chrono::microseconds(read_big_endian<std::int64_t>(value.bytes));
  const std::int64_t since_2000 = std::chrono::floor<std::chrono::milliseconds>(microseconds).count();
  // Infinity is beyond these bounds, too.
  if (since_2000 < Timestamp::milliseconds_min - epoch_milliseconds ||
      since_2000 > Timestamp::milliseconds_max - epoch_milliseconds) {
    refuse(column, "a moment of the years 1 to 9999");
  }
  return Timestamp::from_milliseconds(since_2000 + epoch_milliseconds);
}

}  // namespace ashlar::sql::postgres::detail
