// SPDX-License-Identifier: Apache-2.0
#include "ashlar/exports/text_rows.hpp"

#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::exports {
namespace {

enum class Colour : std::uint8_t { red, green };
ASHLAR_DESCRIBE_ENUM(Colour, red, green)

struct Item {
  Uuid id;
  std::string text;
  std::optional<std::string> note;
  Nullable<Money> unit_price;
  std::int64_t count = 0;
  double ratio = 0;
  bool active = false;
  Colour colour = Colour::red;
  std::vector<std::string> tags;
  Timestamp created_at;
  std::optional<Password> password;
};
ASHLAR_DESCRIBE(Item, id, text, note, unit_price, count, ratio, active, colour, tags, created_at, password)

constexpr std::string_view header = "id,text,note,unitPrice,count,ratio,active,colour,tags,createdAt\r\n";

Item item() {
  return {.id = *Uuid::parse("01900000-0000-7000-8000-000000000001"),
          .text = "Desk",
          .note = {},
          .unit_price = Money::of_minor_units(-1250),
          .count = -3,
          .ratio = 0.5,
          .active = true,
          .colour = Colour::green,
          .tags = {"a", "b"},
          .created_at = Timestamp::from_milliseconds(0),
          .password = Password::parse("a long password").value()};
}

std::string line_of(const Item& row) {
  std::string out;
  TextRows(Format::csv, schema::type_of<Item>()).append(&row, 0, out);
  return out;
}

std::string file_of(Format format, const std::vector<Item>& items) {
  const TextRows rows(format, schema::type_of<Item>());
  std::string out;
  rows.begin(out);
  std::int64_t written = 0;
  for (const Item& each : items) rows.append(&each, written++, out);
  rows.end(out);
  return out;
}

TEST(Csv, HasOneColumnForEachMemberButPasswords) {
  EXPECT_EQ(file_of(Format::csv, {}), header);
  EXPECT_EQ(file_of(Format::csv, {item()}), std::string(header) +
                                                "01900000-0000-7000-8000-000000000001,Desk,,-12.50,-3,0.5,true,green,"
                                                "\"[\"\"a\"\",\"\"b\"\"]\",1970-01-01T00:00:00.000Z\r\n");
}

TEST(Csv, QuotesAndDefusesText) {
  const struct {
    std::string text, cell;
  } table[] = {
      {"plain", "plain"},
      {"", "\"\""},
      {"a,b", "\"a,b\""},
      {"say \"hi\"", "\"say \"\"hi\"\"\""},
      {"\"", "\"\"\"\""},
      {"two\nlines", "\"two\nlines\""},
      {"two\r\nlines", "\"two\r\nlines\""},
      {"ends in CR\r", "\"ends in CR\r\""},
      {"=1+1", "'=1+1"},
      {"=HYPERLINK(\"http://evil.example\",\"x\")", "\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\""},
      {"+1", "'+1"},
      {"-12.50", "'-12.50"},
      {"@SUM(A1)", "'@SUM(A1)"},
      {"\t=1+1", "'\t=1+1"},
      {"\r=1+1", "\"'\r=1+1\""},
      {"\n=1+1", "\"'\n=1+1\""},
      {"  =1+1", "'  =1+1"},
      {"\u00a0=1+1", "'\u00a0=1+1"},
      {"\uff1d1+1", "'\uff1d1+1"},
      {"\uff0b1", "'\uff0b1"},
      {"\uff0d1", "'\uff0d1"},
      {"\uff20A1", "'\uff20A1"},
      {"1=1", "1=1"},
      {"a-b@c", "a-b@c"},
      {"   ", "   "},
      {"'=1+1", "'=1+1"},
      {"\uff1e", "\uff1e"},
  };
  for (const auto& [text, cell] : table) {
    Item row = item();
    row.text = text;
    const std::string line = line_of(row);
    EXPECT_TRUE(line.contains("," + cell + ",,-12.50,")) << text << " became " << line;
    row.text = "x";
    row.note = text;
    EXPECT_TRUE(line_of(row).contains(",x," + cell + ",-12.50,")) << text;
  }
}

TEST(Csv, LeavesNumbersAsTheyAre) {
  Item row = item();
  row.unit_price = {};
  row.count = std::numeric_limits<std::int64_t>::min();
  row.ratio = -std::numeric_limits<double>::infinity();
  row.tags = {};
  EXPECT_TRUE(line_of(row).contains(",Desk,,,-9223372036854775808,,true,green,[],")) << line_of(row);
  row.ratio = -1e-7;
  EXPECT_TRUE(line_of(row).contains(",-1e-07,")) << line_of(row);
}

TEST(Json, IsOneArrayWithARowOnEachLine) {
  EXPECT_EQ(file_of(Format::json, {}), "[\n]\n");
  const std::string row = schema::to_json(item());
  EXPECT_FALSE(row.contains("password"));
  EXPECT_EQ(file_of(Format::json, {item()}), "[\n" + row + "\n]\n");
  EXPECT_EQ(file_of(Format::json, {item(), item()}), "[\n" + row + ",\n" + row + "\n]\n");
  EXPECT_TRUE(schema::read_json<std::vector<Item>>(file_of(Format::json, {item(), item()})));
}

// An export that is continued by another process writes the same bytes.
TEST(TextRows, ContinueWhereAnotherOneStopped) {
  const std::vector<Item> items(3, item());
  for (const Format format : {Format::csv, Format::json}) {
    const std::string whole = file_of(format, items);
    for (std::size_t stop = 0; stop <= items.size(); ++stop) {
      std::string out;
      const TextRows first(format, schema::type_of<Item>());
      first.begin(out);
      for (std::size_t i = 0; i < stop; ++i) first.append(&items[i], static_cast<std::int64_t>(i), out);
      const TextRows second(format, schema::type_of<Item>());
      for (std::size_t i = stop; i < items.size(); ++i) second.append(&items[i], static_cast<std::int64_t>(i), out);
      second.end(out);
      EXPECT_EQ(out, whole) << stop;
    }
  }
}

}  // namespace
}  // namespace ashlar::exports
