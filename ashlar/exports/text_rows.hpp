// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/exports/format.hpp"
#include "ashlar/schema/type.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::exports {

// Writes rows of one described struct as CSV or JSON, each appended to a string that the caller may empty at any time,
// so that memory does not depend on the number of rows:
//
//   const TextRows rows(Format::csv, schema::type_of<Product>());
//   rows.begin(out);
//   for (...) rows.append(&product, written++, out);
//   rows.end(out);
//
// It keeps no state between rows. An export that was interrupted continues with the number of rows that it has already
// written, and the file is the same as without the interruption.
//
// CSV is RFC 4180 in UTF-8 without a byte order mark: CR LF, a first line with the JSON names of the members. Missing
// values are empty, an empty text is "". Times are RFC 3339 in UTC, amounts have two decimals, booleans are true and
// false. Arrays and nested objects are one cell of JSON. Members that are passwords are left out.
//
// Formulas: a spreadsheet evaluates a cell that begins with one of = + - @ or a control character. A cell of a text
// member that does, also after spaces or in full-width form, gets an apostrophe before it. Numbers and amounts never
// do: -12.50 stays a number. A program that reads CSV as RFC 4180 says sees the apostrophe as part of the text.
//
// JSON is one array with one row on each line, each as schema::write_json() writes it.
//
// An immutable value, usable from any thread. The row type outlives it.
class TextRows {
 public:
  // `format` is csv or json.
  TextRows(Format format, const schema::Type& row);

  void begin(std::string& out) const;
  // `rows_before`: how many rows the file already has.
  void append(const void* row, std::int64_t rows_before, std::string& out) const;
  void end(std::string& out) const;

 private:
  Format format_;
  const schema::Type* row_;
  std::vector<const schema::Member*> columns_;
};

}  // namespace ashlar::exports
