// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/logged.hpp"

#include "ashlar/sql/conformance/people.hpp"
#include "ashlar/sql/transaction.hpp"
#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace ashlar::sql::conformance {
namespace {

class LogFile {
 public:
  explicit LogFile(log::Level level) {
    log::LogOptions options{.level = level, .console = log::LogOptions::Console::none, .file = path_.string()};
    logger_.emplace(std::move(options), clock_);
  }
  log::Logger& logger() { return *logger_; }
  std::string text() {
    logger_->flush();
    std::stringstream out;
    out << std::ifstream(path_).rdbuf();
    return out.str();
  }

 private:
  test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "log";
  SystemClock clock_;
  std::optional<log::Logger> logger_;
};

Task<Result<std::int64_t>> rename(Transaction& transaction, std::string name) {
  auto changed = co_await update<Person>().set(col<&Person::name> = name).all_rows().run(transaction);
  if (!changed) co_return std::unexpected(std::move(changed.error()));
  co_return changed->rows_affected;
}

TEST_P(Conformance, SaysWhatIsSentAndKeepsWhatPeopleHaveWritten) {
  LogFile file(log::Level::debug);
  LoggedDatabase db(GetParam().open({}), file.logger());
  ASSERT_TRUE(db.run_script(people_table(GetParam())));
  ASSERT_TRUE(await(insert(person(1, "Ada Secret")).run(db)));
  EXPECT_EQ(await(from<Person>().where(col<&Person::name> == "Ada Secret").all(db))->size(), 1U);
  EXPECT_EQ(await(in_transaction(db, rename, std::string("Bo Secret"))), 1);
  EXPECT_EQ(code_of(await(insert(person(1, "Ada Secret")).run(db))), "database.unique");
  const auto text = file.text();
  EXPECT_EQ(text.find("Secret"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(where \"name\" = $1","ms":)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"x("rows":1,"parameters":"text(10)")x"), std::string::npos) << text;
  EXPECT_NE(text.find(R"x("parameters":"text(9)","transaction":1)x"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("sql":"commit")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("error":"database.unique")"), std::string::npos) << text;
  while_it_runs([&db] { db.close(); });
}

TEST_P(Conformance, ShowsParametersWhereThatIsWanted) {
  LogFile file(log::Level::debug);
  LoggedDatabase db(GetParam().open({}), file.logger(),
                    {.parameters = StatementLogOptions::Parameters::shown, .parameters_bytes_max = 60});
  ASSERT_TRUE(db.run_script(people_table(GetParam())));
  EXPECT_TRUE(await(from<Person>().where(col<&Person::name> == "Ada" && col<&Person::age> == 3).all(db)));
  EXPECT_TRUE(await(from<Person>().where(col<&Person::name> == std::string(500, 'x')).all(db)));
  const auto text = file.text();
  EXPECT_NE(text.find(R"("parameters":"'Ada', 3")"), std::string::npos) << text;
  EXPECT_NE(text.find(std::string(59, 'x') + "...\""), std::string::npos) << text;
  while_it_runs([&db] { db.close(); });
}

TEST_P(Conformance, LogsNothingAtOtherLevels) {
  LogFile file(log::Level::info);
  LoggedDatabase db(GetParam().open({}), file.logger());
  ASSERT_TRUE(db.run_script(people_table(GetParam())));
  EXPECT_EQ(await(from<Person>().count(db)), 0);
  EXPECT_EQ(await(in_transaction(db, rename, std::string("Bo"))), 0);
  EXPECT_EQ(file.text(), "");
  while_it_runs([&db] { db.close(); });
}

TEST_P(Conformance, ExplainsHowAStatementWouldRun) {
  auto& db = open_with(people_table(GetParam()));
  const auto plan = await(explain(db, from<Person>().where(col<&Person::id> == id_of(1)).statement(db.dialect())));
  ASSERT_TRUE(plan) << plan.error().cause();
  EXPECT_NE(plan->find("people"), std::string::npos) << *plan;
  ASSERT_TRUE(await(explain(db, erase<Person>().where(col<&Person::id> == id_of(1)).statement(db.dialect()))));
  EXPECT_EQ(await(from<Person>().count(db)), 0);
}

}  // namespace
}  // namespace ashlar::sql::conformance
