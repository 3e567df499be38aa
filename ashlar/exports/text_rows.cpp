// SPDX-License-Identifier: Apache-2.0
#include "ashlar/exports/text_rows.hpp"

#include "ashlar/core/timestamp.hpp"
#include "ashlar/exports/detail/cell.hpp"
#include "ashlar/exports/detail/formula.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace ashlar::exports {

namespace {

using detail::Cell;

// RFC 4180 section 2, rules 5 to 7. An empty text is quoted so that it differs from a missing value.
void append_field(std::string_view text, std::string& out) {
  if (!text.empty() && text.find_first_of("\",\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (std::size_t quote = text.find('"'); quote != std::string_view::npos; quote = text.find('"')) {
    out.append(text.substr(0, quote + 1)) += '"';
    text.remove_prefix(quote + 1);
  }
  out.append(text) += '"';
}

void append_text(std::string_view text, std::string& out) {
  if (!detail::may_be_formula(text)) return append_field(text, out);
  std::string defused("'");
  defused += text;
  append_field(defused, out);
}

template <class Number>
void append_number(Number number, std::string& out) {
  std::array<char, 32> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

void append_string(const Cell& cell, std::string& out, void (*append)(std::string_view, std::string&)) {
  const schema::Access& access = cell.type->access;
  if (access.view_text != nullptr) return append(access.view_text(cell.value), out);
  std::string text;
  if (access.append_text != nullptr) access.append_text(cell.value, text);
  append(text, out);
}

// Text without quotes, separators and formulas, in the type's own form.
void append_plain(const Cell& cell, std::string& out) {
  const schema::Access& access = cell.type->access;
  if (access.put_text == nullptr) return append_string(cell, out, append_field);
  std::array<char, schema::put_text_bytes_max> text;
  out.append(text.data(), access.put_text(cell.value, text.data()));
}

void append_cell(const Cell& cell, std::string& out) {
  switch (cell.kind) {
    case Cell::Kind::empty:
      return;
    case Cell::Kind::text:
      return append_string(cell, out, append_text);
    case Cell::Kind::word:
    case Cell::Kind::amount:
    case Cell::Kind::moment:
      return append_plain(cell, out);
    case Cell::Kind::integer:
      return append_number(cell.type->access.get_integer(cell.value), out);
    case Cell::Kind::number: {
      const double number = cell.type->access.get_number(cell.value);
      if (std::isfinite(number)) append_number(number, out);
      return;
    }
    case Cell::Kind::boolean:
      out += cell.type->access.get_boolean(cell.value) ? "true" : "false";
      return;
    case Cell::Kind::composite: {
      std::string json;
      schema::write_json(*cell.type, cell.value, json);
      return append_field(json, out);
    }
  }
}

}  // namespace

TextRows::TextRows(Format format, const schema::Type& row)
    : format_(format), row_(&row), columns_(detail::columns_of(row)) {
  assert(format != Format::xlsx);
}

void TextRows::begin(std::string& out) const {
  if (format_ == Format::json) {
    out += '[';
    return;
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out += ',';
    append_field(columns_[i]->json_name, out);
  }
  out += "\r\n";
}

void TextRows::append(const void* row, std::int64_t rows_before, std::string& out) const {
  if (format_ == Format::json) {
    out += rows_before == 0 ? "\n" : ",\n";
    return schema::write_json(*row_, row, out);
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out += ',';
    append_cell(detail::cell_of(*columns_[i], row), out);
  }
  out += "\r\n";
}

void TextRows::end(std::string& out) const {
  if (format_ == Format::json) out += "\n]\n";
}

}  // namespace ashlar::exports
