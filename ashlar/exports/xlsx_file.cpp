// SPDX-License-Identifier: Apache-2.0
#include "ashlar/exports/xlsx_file.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/exports/detail/cell.hpp"
#include "ashlar/schema/json.hpp"

#include <xlsxwriter.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::exports {

namespace {

using detail::Cell;

constexpr std::int64_t text_units_max = 32'767;  // UTF-16 code units of a cell (ECMA-376 part 1, 18.18.96)
constexpr std::int64_t exact_integer_max = 999'999'999'999'999;  // 15 digits
constexpr std::int64_t first_moment = -2'203'891'200'000;        // 1900-03-01T00:00:00Z, serial number 61
constexpr double days_before_1970 = 25'569;                      // serial number of 1970-01-01
constexpr double milliseconds_per_day = 86'400'000;
constexpr double moment_width = 23;  // characters: else a column shows ##### instead of a time

Error unwritable(std::string cause) {
  return Error(errors::file_unwritable, "The file cannot be written.").with_cause(std::move(cause));
}

Result<> checked(lxw_error error) {
  if (error == LXW_NO_ERROR) return {};
  return std::unexpected(unwritable(lxw_strerror(error)));
}

// Whether a reader would take these seven bytes for an escaped character: _x0041_ (ECMA-376 part 1, 22.9.2.19).
bool looks_escaped(std::string_view text) {
  return text.size() >= 7 && text[0] == '_' && text[1] == 'x' && text[6] == '_' &&
         std::ranges::all_of(text.substr(2, 4), is_hex_digit);
}

// What a cell can hold of the text; see the header.
std::string cell_text(std::string_view text) {
  std::string out;
  std::int64_t units = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    units += bytes == 4 ? 2 : 1;
    if (units > text_units_max) break;
    const std::string_view character = text.substr(i, bytes);
    if (character == "\uFFFE" || character == "\uFFFF") {
      out += "\uFFFD";
    } else if (looks_escaped(text.substr(i))) {
      out += "_x005F_";
    } else {
      out += character;
    }
    i += bytes;
  }
  return out;
}

std::string text_of(const Cell& cell) {
  const schema::Access& access = cell.type->access;
  std::string out;
  if (cell.kind == Cell::Kind::composite) {
    schema::write_json(*cell.type, cell.value, out);
  } else if (access.append_text != nullptr) {
    access.append_text(cell.value, out);
  }
  return out;
}

}  // namespace

struct XlsxFile::State {
  State(const std::filesystem::path& path, const schema::Type& row, XlsxOptions its_options)
      : options(std::move(its_options)), columns(detail::columns_of(row)), folder(options.temporary_folder.string()) {
    lxw_workbook_options of_workbook{};
    of_workbook.constant_memory = LXW_TRUE;
    of_workbook.tmpdir = folder.empty() ? nullptr : folder.data();
    book = workbook_new_opt(path.c_str(), &of_workbook);
    if (book == nullptr) return;
    lxw_doc_properties properties{};
    properties.created = static_cast<time_t>(options.created_at.seconds());
    workbook_set_properties(book, &properties);
    bold = workbook_add_format(book);
    format_set_bold(bold);
    amount = workbook_add_format(book);
    format_set_num_format(amount, "0.00");
    moment = workbook_add_format(book);
    format_set_num_format(moment, "yyyy-mm-dd hh:mm:ss.000");
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (book != nullptr) lxw_workbook_free(book);
  }

  Result<> add_sheet() {
    std::string name = options.sheet_name;
    if (++sheets > 1) name += " " + std::to_string(sheets);
    sheet = workbook_add_worksheet(book, name.c_str());
    if (sheet == nullptr) return std::unexpected(unwritable("no worksheet"));
    next_row = 0;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      if (is_moment(*columns[i])) worksheet_set_column(sheet, column, column, moment_width, nullptr);
    }
    worksheet_freeze_panes(sheet, 1, 0);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string title(columns[i]->json_name);
      if (auto wrote = checked(worksheet_write_string(sheet, 0, static_cast<lxw_col_t>(i), title.c_str(), bold));
          !wrote)
        return wrote;
    }
    next_row = 1;
    return {};
  }

  static bool is_moment(const schema::Member& column) {
    const schema::Type* type = &column.type();
    while (type->kind == schema::Kind::optional || type->kind == schema::Kind::nullable) type = &type->element();
    return type->format == schema::Format::date_time;
  }

  lxw_error write(lxw_col_t column, const Cell& cell) {
    const schema::Access& access = cell.type->access;
    switch (cell.kind) {
      case Cell::Kind::empty:
        return LXW_NO_ERROR;
      case Cell::Kind::boolean:
        return worksheet_write_boolean(sheet, next_row, column, access.get_boolean(cell.value) ? 1 : 0, nullptr);
      case Cell::Kind::integer: {
        const std::int64_t value = access.get_integer(cell.value);
        if (value > exact_integer_max || value < -exact_integer_max) return write_text(column, std::to_string(value));
        return worksheet_write_number(sheet, next_row, column, static_cast<double>(value), nullptr);
      }
      case Cell::Kind::amount:
        return worksheet_write_number(sheet, next_row, column,
                                      static_cast<double>(access.get_integer(cell.value)) / 100, amount);
      case Cell::Kind::number: {
        const double value = access.get_number(cell.value);
        if (!std::isfinite(value)) return LXW_NO_ERROR;
        return worksheet_write_number(sheet, next_row, column, value, nullptr);
      }
      case Cell::Kind::moment: {
        const std::int64_t value = access.get_integer(cell.value);
        if (value < first_moment) return write_text(column, text_of(cell));
        const double serial = static_cast<double>(value) / milliseconds_per_day + days_before_1970;
        return worksheet_write_number(sheet, next_row, column, serial, moment);
      }
      case Cell::Kind::text:
      case Cell::Kind::word:
      case Cell::Kind::composite:
        return write_text(column, text_of(cell));
    }
    return LXW_NO_ERROR;
  }

  lxw_error write_text(lxw_col_t column, const std::string& text) {
    return worksheet_write_string(sheet, next_row, column, cell_text(text).c_str(), nullptr);
  }

  // libxlsxwriter does not look at what its writes to the temporary file return.
  [[nodiscard]] Result<> check_temporary_file() const {
    if (sheet == nullptr || sheet->optimize_tmpfile == nullptr) return {};
    if (std::fflush(sheet->optimize_tmpfile) == 0 && std::ferror(sheet->optimize_tmpfile) == 0) return {};
    return std::unexpected(unwritable("temporary file"));
  }

  const XlsxOptions options;
  const std::vector<const schema::Member*> columns;
  std::string folder;
  lxw_workbook* book = nullptr;
  lxw_worksheet* sheet = nullptr;
  lxw_format* bold = nullptr;
  lxw_format* amount = nullptr;
  lxw_format* moment = nullptr;
  int sheets = 0;
  lxw_row_t next_row = 0;
};

XlsxFile::XlsxFile(const std::filesystem::path& path, const schema::Type& row, XlsxOptions options)
    : state_(std::make_unique<State>(path, row, std::move(options))) {}
XlsxFile::~XlsxFile() = default;

Result<> XlsxFile::add(const void* row) {
  if (state_->book == nullptr) return std::unexpected(unwritable("no workbook"));
  if (state_->sheet == nullptr || state_->next_row > state_->options.rows_per_sheet_max) {
    if (auto checked = state_->check_temporary_file(); !checked) return checked;
    if (auto added = state_->add_sheet(); !added) return added;
  }
  for (std::size_t i = 0; i < state_->columns.size(); ++i) {
    const Cell cell = detail::cell_of(*state_->columns[i], row);
    if (auto wrote = checked(state_->write(static_cast<lxw_col_t>(i), cell)); !wrote) return wrote;
  }
  ++state_->next_row;
  return {};
}

Result<> XlsxFile::close() {
  if (state_->book == nullptr) return std::unexpected(unwritable("no workbook"));
  if (state_->sheet == nullptr) {
    if (auto added = state_->add_sheet(); !added) return added;
  }
  if (auto checked = state_->check_temporary_file(); !checked) return checked;
  return checked(workbook_close(std::exchange(state_->book, nullptr)));
}

}  // namespace ashlar::exports
