// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/copy_rows.hpp"

#include "ashlar/schema/describe.hpp"
#include "ashlar/sql/postgres/detail/errors.hpp"
#include "ashlar/sql/postgres/detail/types.hpp"
#include "ashlar/sql/table.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <variant>

namespace ashlar::sql::postgres::detail {
namespace {

// Signature, no flags, no extension.
constexpr std::string_view header{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};
constexpr std::string_view trailer{"\377\377", 2};
constexpr std::size_t value_bytes_max = std::size_t{1} << 30;  // the server's maximum
constexpr char jsonb_version = 1;

template <class T>
void append_big_endian(T value, std::string& out) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8)
    out += static_cast<char>(static_cast<std::make_unsigned_t<T>>(value) >> shift & 0xff);
}

bool is_text(const ColumnType& column) {
  switch (column.number) {
    case oid::text:
    case oid::varchar:
    case oid::bpchar:
    case oid::json:
    case oid::jsonb:
      return true;
    default:
      return column.form == ColumnType::Form::text;
  }
}

bool is_integer(const ColumnType& column) {
  return column.number == oid::int8 || column.number == oid::int4 || column.number == oid::int2;
}

// The same choice as in value_of().
bool can_write_member(const schema::Type& member, const ColumnType& column) {
  const auto& content = sql::detail::content_type(member);
  switch (content.kind) {
    case schema::Kind::boolean:
      return column.number == oid::boolean;
    case schema::Kind::integer:
      return is_integer(column);
    case schema::Kind::number:
      return column.number == oid::float8;
    default:
      break;
  }
  if (&content == &schema::type_of<Uuid>()) return column.number == oid::uuid;
  if (&content == &schema::type_of<Timestamp>()) return column.number == oid::timestamptz;
  if (content.format == schema::Format::money) return is_integer(column);
  return is_text(column);
}

bool fits(std::int64_t value, Oid type) {
  if (type == oid::int4) return std::in_range<std::int32_t>(value);
  return type != oid::int2 || std::in_range<std::int16_t>(value);
}

}  // namespace

bool CopyRows::can_write(const schema::Type& row, const std::vector<ColumnType>& columns) {
  if (columns.size() != row.members.size()) return false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!can_write_member(row.members[i].type(), columns[i])) return false;
  }
  return true;
}

std::string CopyRows::command() const {
  return "COPY \"" + std::string(rows_.table) + "\" (" + sql::detail::column_list(*rows_.type) +
         ") FROM STDIN (FORMAT binary)";
}

Result<std::string_view> CopyRows::next_piece() {
  piece_.clear();
  if (stage_ == Stage::ended) return std::string_view();
  if (stage_ == Stage::fresh) piece_ = header;
  stage_ = Stage::rows;
  while (next_row_ < rows_.count && piece_.size() < piece_bytes) {
    if (auto row = append_row(); !row) {
      stage_ = Stage::ended;
      refusal_ = row.error();
      return std::unexpected(std::move(row.error()));
    }
  }
  if (next_row_ == rows_.count) {
    piece_ += trailer;
    stage_ = Stage::ended;
  }
  return piece_;
}

Result<> CopyRows::append_row() {
  values_.clear();
  rows_.append_values(next_row_++, values_);
  append_big_endian(static_cast<std::int16_t>(values_.size()), piece_);
  for (std::size_t column = 0; column < values_.size(); ++column) {
    if (auto done = append_value(values_[column], column); !done) return done;
  }
  return {};
}

void CopyRows::append_length(std::size_t bytes) { append_big_endian(static_cast<std::int32_t>(bytes), piece_); }

Result<> CopyRows::append_value(const Value& value, std::size_t column) {
  if (std::holds_alternative<Null>(value)) {
    append_big_endian(std::int32_t{-1}, piece_);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    append_length(1);
    piece_ += *flag ? '\1' : '\0';
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return append_integer(*integer, column);
  } else if (const auto* number = std::get_if<double>(&value)) {
    if (std::isnan(*number)) return fail(errors::invalid_number, "A number must not be NaN.");
    append_length(sizeof *number);
    append_big_endian(std::bit_cast<std::uint64_t>(*number), piece_);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    return append_text(*text, columns_[column]);
  } else if (const auto* id = std::get_if<Uuid>(&value)) {
    append_length(id->bytes().size());
    piece_.append(reinterpret_cast<const char*>(id->bytes().data()), id->bytes().size());
  } else if (const auto* moment = std::get_if<Timestamp>(&value)) {
    append_length(sizeof(std::int64_t));
    append_big_endian((moment->milliseconds() - epoch_milliseconds) * 1000, piece_);
  } else {
    return std::unexpected(failed("no member is kept as bytes"));
  }
  return {};
}

Result<> CopyRows::append_integer(std::int64_t value, std::size_t column) {
  const Oid type = columns_[column].number;
  if (!fits(value, type))
    return std::unexpected(failed("an integer out of the range of the column " + std::string(rows_.table) + "." +
                                  std::string(rows_.type->members[column].name)));
  append_length(type == oid::int8 ? 8 : type == oid::int4 ? 4 : 2);
  if (type == oid::int8) append_big_endian(value, piece_);
  if (type == oid::int4) append_big_endian(static_cast<std::int32_t>(value), piece_);
  if (type == oid::int2) append_big_endian(static_cast<std::int16_t>(value), piece_);
  return {};
}

Result<> CopyRows::append_text(std::string_view text, const ColumnType& column) {
  if (text.contains('\0')) return fail(errors::invalid_text, "Text must not hold a NUL character.");
  if (text.size() >= value_bytes_max) return std::unexpected(failed("a text of more than a gigabyte"));
  const bool versioned = column.number == oid::jsonb;
  append_length(text.size() + (versioned ? 1 : 0));
  if (versioned) piece_ += jsonb_version;
  piece_ += text;
  return {};
}

}  // namespace ashlar::sql::postgres::detail
