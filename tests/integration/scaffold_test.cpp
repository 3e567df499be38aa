// SPDX-License-Identifier: Apache-2.0
// `ashlar new` and `ashlar generate`: what they refuse and write. tools/check-package builds what they write.
#include "tests/integration/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

class Scaffold : public testing::Test {
 protected:
  Finished run(Words arguments, const std::string& in_folder = {}) {
    Command command = ashlar(std::move(arguments), folder, {});
    if (!in_folder.empty()) command.folder = folder.path() / in_folder;
    return test::run(command);
  }
  std::string read(const std::string& file) {
    std::ifstream in(folder.path() / file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t count_files() {
    const std::filesystem::recursive_directory_iterator all(folder.path());
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
  TemporaryFolder folder;
};

TEST_F(Scaffold, RefusesNamesOfProjects) {
  for (const std::string name :
       {"", "Shop", "1shop", "../shop", "a/b", "/tmp/shop", "shop.", ".shop", "shop shop", "class", "std", "test",
        "ashlar", "a\nb", "sh\xC3\xB6p", "abcdefghijabcdefghijabcdefghijk"}) {
    const auto finished = run({"new", name});
    EXPECT_EQ(finished.exit_code, 64) << name;
    EXPECT_THAT(finished.err, HasSubstr("The name of a project")) << name;
  }
  EXPECT_EQ(count_files(), 0U);
}

TEST_F(Scaffold, NeverOverwritesAProject) {
  ASSERT_EQ(run({"new", "shop"}).exit_code, 0);
  const std::size_t files = count_files();
  const auto again = run({"new", "shop"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("shop exists already"));
  std::filesystem::create_symlink("nowhere", folder.path() / "link");
  EXPECT_EQ(run({"new", "link"}).exit_code, 1);
  EXPECT_EQ(count_files(), files + 1);
}

TEST_F(Scaffold, RefusesWhatCannotBeGenerated) {
  ASSERT_EQ(run({"new", "shop"}).exit_code, 0);
  const std::size_t files = count_files();
  struct Case {
    Words words;
    std::string says;
  };
  for (const auto& [words, says] :
       std::vector<Case>{{{"generate", "entity", "Book", "title:text"}, "single _"},
                         {{"generate", "entity", "../book", "title:text"}, "single _"},
                         {{"generate", "entity", "order", "title:text"}, "keyword of SQL"},
                         {{"generate", "entity", "value", "title:text"}, "keyword of SQL as its plural"},
                         {{"generate", "entity", "class", "title:text"}, "keyword of C++"},
                         {{"generate", "entity", "page", "title:text"}, "library uses"},
                         {{"generate", "entity", "book", "title"}, "NAME:TYPE"},
                         {{"generate", "entity", "book", "title:string"}, "text, prose, int"},
                         {{"generate", "entity", "book", "id:uuid"}, "library uses"},
                         {{"generate", "entity", "book", "title:text", "title:int"}, "named twice"},
                         {{"generate", "entity", "book"}, "fields"},
                         {{"generate", "entity", "note", "title:text"}, "mount_notes() already"},
                         {{"generate", "endpoint", "notes"}, "mount_notes() already"},
                         {{"generate", "endpoint", "greet", "--method", "delete"}, "--method"},
                         {{"generate", "job", "Send"}, "single _"},
                         {{"generate", "entity", "job", "title:text"}, "library uses"},
                         {{"generate", "migration", "a/b"}, "single _"},
                         {{"generate", "entitty", "book"}, "There is no command entitty. Did you mean entity?"}}) {
    const auto finished = run(words, "shop");
    EXPECT_NE(finished.exit_code, 0) << testing::PrintToString(words);
    EXPECT_THAT(finished.err, HasSubstr(says)) << testing::PrintToString(words);
  }
  EXPECT_EQ(count_files(), files);
}

TEST_F(Scaffold, RefusesAFolderThatIsNoProject) {
  const auto finished = run({"generate", "entity", "book", "title:text"});
  EXPECT_EQ(finished.exit_code, 64);
  EXPECT_THAT(finished.err, HasSubstr("ashlar new NAME"));
  EXPECT_EQ(count_files(), 0U);
}

TEST_F(Scaffold, WritesNothingWhenAFileExists) {
  ASSERT_EQ(run({"new", "shop"}).exit_code, 0);
  std::ofstream(folder.path() / "shop/tests/book_test.cpp") << "mine";
  const std::string routes = read("shop/src/routes.cpp");
  const auto finished = run({"generate", "entity", "book", "title:text"}, "shop");
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err, HasSubstr("tests/book_test.cpp"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "shop/src/book.cpp"));
  EXPECT_EQ(read("shop/tests/book_test.cpp"), "mine");
  EXPECT_EQ(read("shop/src/routes.cpp"), routes);
}

TEST_F(Scaffold, NumbersMigrationsAndAddsRoutes) {
  ASSERT_EQ(run({"new", "my-shop"}).exit_code, 0);
  EXPECT_EQ(run({"generate", "migration", "add_shelf"}, "my-shop").exit_code, 0);
  EXPECT_EQ(run({"generate", "entity", "category", "title:text", "sold_at:time?"}, "my-shop").exit_code, 0);
  EXPECT_THAT(read("my-shop/migrations/0004_categories.postgres.up.sql"), HasSubstr("  sold_at timestamptz,\n"));
  EXPECT_THAT(read("my-shop/src/routes.cpp"), HasSubstr("#include \"src/category.hpp\"\n#include \"src/note.hpp\"\n"));
  EXPECT_THAT(read("my-shop/src/routes.cpp"), HasSubstr("  mount_categories(routes, services);\n"));
  EXPECT_THAT(read("my-shop/src/category.hpp"), HasSubstr("namespace my_shop {"));
}

}  // namespace
}  // namespace ashlar::test
