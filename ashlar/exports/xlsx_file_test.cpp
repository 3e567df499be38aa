// SPDX-License-Identifier: Apache-2.0
#include "ashlar/exports/xlsx_file.hpp"

#include "ashlar/schema/constraints.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::exports {
namespace {

struct Line {
  std::string text;
  Nullable<Money> price;
  std::int64_t count = 0;
  double ratio = 0;
  bool active = false;
  std::vector<std::string> tags;
  std::optional<Timestamp> at;
};
ASHLAR_DESCRIBE(Line, text, price, count, ratio, active, tags, at)

Line line() {
  return {.text = "Desk",
          .price = Money::of_minor_units(-1250),
          .count = 3,
          .ratio = 0.25,
          .active = true,
          .tags = {"a"},
          .at = *Timestamp::parse("2026-11-30T12:00:00.500Z")};
}

// Prints each cell on a line: sheet!place type value, where the value is a Python literal. Fails when a member of the
// archive is not well-formed XML or its checksum is wrong.
constexpr const char* reader = R"(
import re, sys, zipfile
from xml.etree import ElementTree
book = zipfile.ZipFile(sys.argv[1])
assert book.testzip() is None
for name in book.namelist():
    root = ElementTree.fromstring(book.read(name))
    if not name.startswith('xl/worksheets/'):
        continue
    for cell in root.iter('{http://schemas.openxmlformats.org/spreadsheetml/2006/main}c'):
        assert cell.find('{*}f') is None, 'a formula'
        text = ''.join(cell.itertext())
        if cell.get('t') == 'inlineStr':
            text = re.sub('_x([0-9A-Fa-f]{4})_', lambda m: chr(int(m[1], 16)), text)
        print(name[14:-4] + '!' + cell.get('r'), cell.get('t', 'n'), ascii(text))
)";

class XlsxFiles : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return (folder.path() / "book.xlsx").string(); }
  Result<> write(const std::vector<Line>& lines, XlsxOptions options = {}) const {
    XlsxFile file(path(), schema::type_of<Line>(), std::move(options));
    for (const Line& each : lines)
      if (auto added = file.add(&each); !added) return added;
    return file.close();
  }
  [[nodiscard]] std::string cells() const {
    const auto read = test::run({.words = {"/usr/bin/env", "python3", "-c", reader, path()}, .folder = folder.path()});
    EXPECT_EQ(read.exit_code, 0) << read.err;
    return read.out;
  }
  [[nodiscard]] std::string cell(const std::string& place) const {
    const std::string all = cells();
    const std::size_t at = all.find(place + " ");
    if (at == std::string::npos) return "";
    return all.substr(at + place.size() + 1, all.find('\n', at) - at - place.size() - 1);
  }
  [[nodiscard]] std::string bytes() const {
    std::ifstream in(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  test::TemporaryFolder folder;
};

TEST_F(XlsxFiles, ReportAFolderThatIsNotThere) {
  XlsxFile file(folder.path() / "absent" / "book.xlsx", schema::type_of<Line>());
  const Line row = line();
  auto written = file.add(&row);
  if (written) written = file.close();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code(), errors::file_unwritable);
}

TEST_F(XlsxFiles, ReportAFullDisk) {
  XlsxFile file("/dev/full", schema::type_of<Line>());
  const Line row = line();
  ASSERT_TRUE(file.add(&row));
  const auto written = file.close();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code(), errors::file_unwritable);
}

TEST_F(XlsxFiles, HaveAHeaderWithoutRows) {
  ASSERT_TRUE(write({}));
  EXPECT_EQ(cells(),
            "sheet1!A1 inlineStr 'text'\nsheet1!B1 inlineStr 'price'\nsheet1!C1 inlineStr 'count'\n"
            "sheet1!D1 inlineStr 'ratio'\nsheet1!E1 inlineStr 'active'\nsheet1!F1 inlineStr 'tags'\n"
            "sheet1!G1 inlineStr 'at'\n");
}

TEST_F(XlsxFiles, HoldEachValueInItsOwnType) {
  ASSERT_TRUE(write({line()}));
  EXPECT_EQ(cell("sheet1!A2"), "inlineStr 'Desk'");
  EXPECT_EQ(cell("sheet1!B2"), "n '-12.5'");
  EXPECT_EQ(cell("sheet1!C2"), "n '3'");
  EXPECT_EQ(cell("sheet1!D2"), "n '0.25'");
  EXPECT_EQ(cell("sheet1!E2"), "b '1'");
  EXPECT_EQ(cell("sheet1!F2"), "inlineStr '[\"a\"]'");
  EXPECT_EQ(cell("sheet1!G2"), "n '46356.50000578703'");
}

TEST_F(XlsxFiles, KeepWhatANumberCannotHoldAsText) {
  Line row = line();
  row.price = {};
  row.count = std::numeric_limits<std::int64_t>::max();
  row.ratio = std::numeric_limits<double>::quiet_NaN();
  row.at = *Timestamp::parse("1899-12-31T00:00:00Z");
  ASSERT_TRUE(write({row}));
  EXPECT_EQ(cell("sheet1!B2"), "");
  EXPECT_EQ(cell("sheet1!C2"), "inlineStr '9223372036854775807'");
  EXPECT_EQ(cell("sheet1!D2"), "");
  EXPECT_EQ(cell("sheet1!G2"), "inlineStr '1899-12-31T00:00:00.000Z'");
}

TEST_F(XlsxFiles, KeepEveryTextAsItIs) {
  const struct {
    std::string text, read;
  } table[] = {
      {"=1+1", "'=1+1'"},
      {"<b>&\"'", "'<b>&\"\\''"},
      {" a  b ", "' a  b '"},
      {"a\nb\tc", "'a\\nb\\tc'"},
      {"a\r\nb", "'a\\r\\nb'"},
      {"a\x01\x1b[31mb", "'a\\x01\\x1b[31mb'"},
      {"_x0041_", "'_x0041_'"},
      {"\uFFFE\uFFFF", "'\\ufffd\\ufffd'"},
      {"\U0001F600", "'\\U0001f600'"},
  };
  std::vector<Line> rows;
  for (const auto& each : table) {
    rows.push_back(line());
    rows.back().text = each.text;
  }
  ASSERT_TRUE(write(rows));
  int row = 2;
  for (const auto& each : table) EXPECT_EQ(cell("sheet1!A" + std::to_string(row++)), "inlineStr " + each.read);
}

TEST_F(XlsxFiles, CutATextThatNoCellHolds) {
  Line row = line();
  row.text = std::string(40'000, 'x');
  Line wide = line();
  for (int i = 0; i < 20'000; ++i) wide.text += "\U0001F600";
  ASSERT_TRUE(write({row, wide}));
  EXPECT_EQ(cell("sheet1!A2"), "inlineStr '" + std::string(32'767, 'x') + "'");
  const std::size_t pairs = (32'767 - std::string("Desk").size()) / 2;
  EXPECT_EQ(cell("sheet1!A3").size(), std::string("inlineStr 'Desk'").size() + pairs * 10) << "whole characters only";
}

TEST_F(XlsxFiles, BeginASheetWhenOneIsFull) {
  ASSERT_TRUE(write({line(), line(), line()}, {.sheet_name = "products", .rows_per_sheet_max = 2}));
  EXPECT_NE(cell("sheet1!A3"), "");
  EXPECT_EQ(cell("sheet1!A4"), "");
  EXPECT_EQ(cell("sheet2!A1"), "inlineStr 'text'");
  EXPECT_EQ(cell("sheet2!A2"), "inlineStr 'Desk'");
  EXPECT_EQ(cell("sheet2!A3"), "");
}

TEST_F(XlsxFiles, AreTheSameBytesForTheSameRows) {
  const XlsxOptions options{.created_at = *Timestamp::parse("2026-11-30T12:00:00Z")};
  ASSERT_TRUE(write({line()}, options));
  const std::string first = bytes();
  ASSERT_TRUE(write({line()}, options));
  EXPECT_EQ(bytes(), first);
  EXPECT_TRUE(first.starts_with("PK"));
}

}  // namespace
}  // namespace ashlar::exports
