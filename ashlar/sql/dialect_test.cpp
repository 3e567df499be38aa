// SPDX-License-Identifier: Apache-2.0
// A third database: what is written for it comes from its traits alone.
#include "ashlar/sql/detail/query_text.hpp"
#include "ashlar/sql/dialect_traits.hpp"
#include "ashlar/sql/model.hpp"
#include "ashlar/sql/query.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <gtest/gtest.h>

namespace ashlar::sql {
namespace {

class ThirdTraits final : public DialectTraits {
 public:
  [[nodiscard]] const DialectFacts& facts() const override {
    static constexpr DialectFacts facts{.name = "Third",
                                        .null_is = DialectFacts::Null::greatest_value,
                                        .row_locks = DialectFacts::RowLocks::by_clause,
                                        .isolations = DialectFacts::Isolations::all,
                                        .table_changes = DialectFacts::TableChanges::alter,
                                        .booleans = DialectFacts::Booleans::integers,
                                        .table_options = "engine = third",
                                        .clustered_table_options = "clustered",
                                        .generated_number = "numbered"};
    return facts;
  }
  [[nodiscard]] std::string_view column_type(ColumnContent content) const override {
    return content == ColumnContent::json ? "json" : content == ColumnContent::uuid ? "char(36)" : "varchar";
  }
  [[nodiscard]] bool holds(ColumnContent, std::string_view) const override { return true; }
  void write_json_place(detail::QueryText& text, const ColumnName& column) const override {
    text << "json_value(" << column.column << ", " << column.json_path << ")";
  }
  void write_money_average(detail::QueryText& text, const ColumnName&) const override { text << "average"; }
  void write_match(detail::QueryText& text, TextCondition condition) const override {
    text.column(condition.column) << " regexp ";
    text.parameter(std::move(condition.text));
  }
  void write_contains_items(detail::QueryText& text, const ColumnName& column, Value items) const override {
    text << "json_contains(";
    text.column(column) << ", ";
    text.parameter(std::move(items)) << ")";
  }
  void write_search_source(detail::QueryText&, const SearchIndexName&, std::string_view) const override {}
  [[nodiscard]] bool has_search_condition() const override { return true; }
  void write_search_condition(detail::QueryText& text, const SearchIndexName&, std::string_view) const override {
    text << "match (name)";
  }
  void write_search_rank(detail::QueryText& text, const SearchIndexName&, std::string_view) const override {
    text << "score";
  }
  [[nodiscard]] std::string create_search_index(const SearchIndexName&) const override { return "create fulltext"; }
  [[nodiscard]] std::string drop_search_index(const SearchIndexName&) const override { return "drop fulltext"; }
  [[nodiscard]] std::vector<Statement> catalog_reads(Catalog&) const override { return {}; }
  [[nodiscard]] std::optional<std::string> index_of_items(std::string_view column) const override {
    return "multi (" + std::string(column) + ")";
  }
  [[nodiscard]] std::string table_exists(std::string_view) const override { return "select true"; }
  [[nodiscard]] std::string migration_prologue(std::chrono::milliseconds) const override { return {}; }
  [[nodiscard]] std::string timestamp_literal(Timestamp) const override { return "now()"; }
};

constinit const ThirdTraits traits{};
constexpr Dialect third(traits);

struct Part {
  std::string code;
};
ASHLAR_DESCRIBE(Part, code)

struct Thing {
  Uuid id;
  std::optional<std::string> name;
  Part part;
  std::vector<std::string> tags;
};
ASHLAR_DESCRIBE(Thing, id, name, part, tags)
ASHLAR_TABLE(Thing, "things", index_of_items<&Thing::tags>("things_tags"), without_rowid())

inline constexpr SearchIndex<&Thing::id, &Thing::name> thing_search{"thing_search"};

std::string where(Condition<Thing> condition) {
  const auto sql = from<Thing>().where(std::move(condition)).statement(third).sql;
  return sql.substr(sql.find(" where ") + 7);
}

TEST(ThirdDialect, WritesWhatItsTraitsSay) {
  EXPECT_EQ(where(col<&Thing::tags>.contains("x")), R"(json_contains("tags", $1))");
  EXPECT_EQ(where(contains(col<&Thing::name>, "x")), R"("name" regexp $1)");
  EXPECT_EQ(where(json<&Thing::part, &Part::code> == "x"), "json_value(part, code) = $1");
  EXPECT_EQ(from<Thing>().order_by(asc<&Thing::name>).for_update().statement(third).sql,
            R"(select "id", "name", "part", "tags" from "things" order by "name" nulls first for update)");
  EXPECT_EQ(from<Thing>().search(thing_search, "x").statement(third).sql,
            R"(select "id", "name", "part", "tags" from "things" where match (name) order by score, "things"."id")");
  EXPECT_EQ(thing_search.create_sql(third), "create fulltext");
  EXPECT_EQ(find<&Thing::id>(Uuid()).statement(third).sql,
            R"(select "id", "name", "part", "tags" from "things" where "id" = $1 limit 1)");
}

TEST(ThirdDialect, DescribesTablesByItsTypesAndOptions) {
  const auto script = schema_script(std::vector{model_of<Thing>()}, third);
  for (const char* part : {"id char(36) not null", "tags json not null", ") engine = third, clustered;",
                           "create index things_tags on things multi (tags);"})
    EXPECT_NE(script.find(part), std::string::npos) << part << " in\n" << script;
}

TEST(ThirdDialect, DiffersFromTheOthers) {
  EXPECT_NE(third, Dialect::sqlite);
  EXPECT_NE(Dialect::sqlite, Dialect::postgres);
}

}  // namespace
}  // namespace ashlar::sql
