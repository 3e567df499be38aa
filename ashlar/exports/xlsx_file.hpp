// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/schema/type.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace ashlar::exports {

namespace errors {
// The disk is full, the folder is gone, or the like.
inline constexpr ErrorCode file_unwritable{ErrorKind::unavailable, "export.file_unwritable"};
}  // namespace errors

struct XlsxOptions {
  std::string sheet_name = "Sheet";             // at most 20 characters, without []:*?/\ and '
  Timestamp created_at{};                       // in the file's properties: with the same rows, the same bytes
  std::filesystem::path temporary_folder{};     // holds the rows, uncompressed, until close(); empty: the system's
  std::int64_t rows_per_sheet_max = 1'048'575;  // Excel's 1,048,576 without the header; then a new sheet begins
};

// A workbook (ISO/IEC 29500, Office Open XML) with the rows of one described struct, written to a file. Memory does not
// depend on the number of rows: they go to a temporary file, and close() compresses them.
//
// The first row has the JSON names of the members in bold. Integers, amounts and doubles are numbers, booleans are
// booleans, and times are dates in UTC. An integer of more than 15 digits, which Excel would round, and a date before
// March 1900, which Excel does not have, are text. Arrays and nested objects are one cell of JSON. Members that are
// passwords are left out. A text is always a text cell, so nothing in it is ever a formula, and none is changed except
// for what a cell cannot hold: it is cut after 32,767 UTF-16 units, and U+FFFE and U+FFFF become U+FFFD.
//
// Every call blocks on the disk: use it on a BlockingPool. One thread at a time. One that is destroyed without close()
// writes no workbook. libxlsxwriter reports an error on standard error, too.
class XlsxFile {
 public:
  // Replaces what is at `path`. The row type outlives it. Errors appear in add() and close().
  XlsxFile(const std::filesystem::path& path, const schema::Type& row, XlsxOptions options = {});
  ~XlsxFile();
  XlsxFile(const XlsxFile&) = delete;
  XlsxFile& operator=(const XlsxFile&) = delete;

  // Error export.file_unwritable.
  [[nodiscard]] Result<> add(const void* row);
  // Writes the file; nothing may follow. Error export.file_unwritable; the file must be removed then.
  [[nodiscard]] Result<> close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::exports
