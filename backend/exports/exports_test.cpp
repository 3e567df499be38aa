// SPDX-License-Identifier: Apache-2.0
#include "backend/exports/exports.hpp"

#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/schema/json.hpp"
#include "backend/exports/generate_report.hpp"
#include "tests/support/test_backend.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;
using namespace std::chrono_literals;

class ExportFiles : public testing::Test {
 protected:
  web::TestReply generate(const Person& who, const std::string& type, const std::string& format) {
    return backend.as(who, Method::post, "/api/exports/generate",
                      R"({"type": ")" + type + R"(", "format": ")" + format + "\"}");
  }
  void run_jobs() {
    const auto done = async::run_to_end(backend.client().loop(), backend.application().jobs().worker().run_due());
    EXPECT_TRUE(done) << done.error().cause();
  }
  web::TestReply export_of(const Person& who, const std::string& id) {
    return backend.as(who, Method::get, "/api/exports/" + id);
  }
  // Generates a file and downloads it by its link.
  std::string file(const Person& who, const std::string& type, const std::string& format) {
    backend.clock().advance(1min);  // the limit of exports a minute
    const auto asked = generate(who, type, format);
    EXPECT_EQ(asked.status, 202) << asked.body;
    run_jobs();
    const auto done = export_of(who, asked.at("/data/id"));
    EXPECT_EQ(done.at("/data/status"), "done") << done.body;
    EXPECT_EQ(done.at("/data/progress"), "100");
    const auto reply = backend.client().get(done.at("/data/fileUrl"));
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(std::to_string(reply.body.size()), done.at("/data/bytes"));
    return reply.body;
  }
  void add_products(int count) {
    for (int i = 0; i < count; ++i) {
      backend.clock().advance(1ms);
      EXPECT_EQ(backend
                    .as(admin, Method::post, "/api/products",
                        R"({"name": "=1+)" + std::to_string(i) + R"(", "price": "1.50", "stock": 1})")
                    .status,
                201);
    }
  }

  TestBackend backend;
  Person admin = backend.admin();
};

TEST_F(ExportFiles, Refuse) {
  const Person ada = backend.person("ada");
  const Person clerk = backend.person_with("clerk", {"create:export"});
  const BadTokens bad = backend.bad_tokens();
  const std::string generate_it = "POST /api/exports/generate";
  const std::string good = R"({"type": "products", "format": "csv"})";
  const std::string id = generate(admin, "products", "csv").at("/data/id");
  expect_refusals(backend.client(),
                  without_a_good_token(generate_it, good, bad) +
                      without_a_readable_body(generate_it, good, admin.token) +
                      without_a_good_id("GET /api/exports/", "", admin.token, "export.not_found") +
                      std::vector<Scenario>{
                          {"no permission", generate_it, good, 403, "auth.forbidden", {}, ada.token},
                          {"users without the right to read them",
                           generate_it,
                           R"({"type": "users", "format": "csv"})",
                           403,
                           "auth.forbidden",
                           {},
                           clerk.token},
                          {"another type",
                           generate_it,
                           R"({"type": "sessions", "format": "csv"})",
                           422,
                           "request.invalid",
                           {"/type one_of"},
                           admin.token},
                          {"another format",
                           generate_it,
                           R"({"type": "users", "format": "pdf"})",
                           422,
                           "request.invalid",
                           {"/format one_of"},
                           admin.token},
                          {"another's export", "GET /api/exports/" + id, "", 403, "auth.forbidden", {}, clerk.token},
                          {"no link", "GET /api/exports/" + id + "/file", "", 403, "export.link_invalid", {}, {}},
                          {"a token and no link",
                           "GET /api/exports/" + id + "/file",
                           "",
                           403,
                           "export.link_invalid",
                           {},
                           admin.token},
                      });
  EXPECT_EQ(export_of(admin, id).at("/data/fileUrl"), "null") << "it is not done";
}

TEST_F(ExportFiles, HaveLinksThatExpireAndCannotBeChanged) {
  const std::string id = generate(admin, "products", "csv").at("/data/id");
  const std::string other = generate(admin, "users", "csv").at("/data/id");
  run_jobs();
  const std::string link = export_of(admin, id).at("/data/fileUrl");
  ASSERT_EQ(backend.client().get(link).status, 200);
  const std::string query = link.substr(link.find('?'));
  const std::string later = link.substr(0, link.find("expires=")) + "expires=9999999999" + link.substr(link.find('&'));
  for (const std::string& wrong : {"/api/exports/" + other + "/file" + query, later, link.substr(0, link.size() - 1),
                                   link.substr(0, link.find('&')), "/api/exports/" + id + "/file?" + "x=" + query}) {
    EXPECT_EQ(backend.client().get(wrong).at("/code"), "export.link_invalid") << wrong;
  }
  backend.clock().advance(1h);
  EXPECT_EQ(backend.client().get(link).at("/code"), "export.link_invalid");
  admin = backend.sign_in(admin.email);
  EXPECT_EQ(backend.client().get(export_of(admin, id).at("/data/fileUrl")).status, 200) << "a new link";
  std::int64_t downloads = 0;
  ASSERT_TRUE(backend.database().query_blocking(
      {.sql = "select count(*) from audit_entries where action = 'download' and resource = 'export'",
       .on_row = [&downloads](const sql::Row& row) { downloads = row.integer(0); }}));
  EXPECT_EQ(downloads, 2) << "refused ones leave none";
}

TEST_F(ExportFiles, AreRefusedOnceTheAccountMayNoLongerHaveThem) {
  const Person clerk = backend.person_with("clerk", {"create:export", "read:user"});
  const std::string id = generate(clerk, "users", "json").at("/data/id");
  run_jobs();
  const std::string link = export_of(clerk, id).at("/data/fileUrl");
  ASSERT_EQ(backend.client().get(link).status, 200);
  backend.run("delete from user_permissions where permission = 'read:user'");
  backend.application().authorities().invalidate(Uuid::parse(clerk.id).value());
  EXPECT_EQ(backend.client().get(link).at("/code"), "export.link_invalid");
  EXPECT_EQ(export_of(clerk, id).at("/code"), "auth.forbidden");
}

TEST_F(ExportFiles, HoldEveryRowInEveryFormat) {
  add_products(3);
  const std::string csv = file(admin, "products", "csv");
  EXPECT_TRUE(csv.starts_with("id,name,description,price,stock,category,tags,createdAt,updatedAt\r\n")) << csv;
  EXPECT_EQ(std::ranges::count(csv, '\n'), 4);
  EXPECT_TRUE(csv.contains(",'=1+0,,1.50,1,,[],")) << csv;
  const std::string json = file(admin, "products", "json");
  EXPECT_TRUE(json.contains(R"("name":"=1+2")")) << json;
  EXPECT_TRUE(file(admin, "products", "xlsx").starts_with("PK"));

  const std::string users = file(admin, "users", "csv");
  EXPECT_TRUE(users.contains("admin@example.com"));
  EXPECT_FALSE(users.contains("$2")) << "no hash";
  EXPECT_TRUE(file(admin, "orders", "csv").starts_with("id,userId,status,items,total,currency"));
  EXPECT_TRUE(file(admin, "posts", "json").starts_with("["));
}

TEST_F(ExportFiles, HoldTheAuditTrail) {
  add_products(120);  // more than are read first
  const std::string csv = file(admin, "audit", "csv");
  EXPECT_TRUE(csv.starts_with("sequence,id,at,actor,action,resource,resourceId,changes,address,agent,requestId\r\n"))
      << csv.substr(0, 200);
  const std::string list = backend.as(admin, Method::get, "/api/admin/audit").at("/pagination/total");
  const auto rows = std::ranges::count(csv, '\n') - 1;
  EXPECT_GE(rows, 120);
  EXPECT_LE(rows, std::stol(list)) << "the export leaves entries of its own";
  EXPECT_TRUE(csv.contains(",create,product,")) << csv.substr(0, 2'000);
  EXPECT_TRUE(csv.contains(",create,export,")) << "the newest entry is in it";
  EXPECT_TRUE(csv.contains("admin@example.com")) << "personal data that was not erased";
  const std::string json = file(admin, "audit", "json");
  EXPECT_TRUE(json.contains(R"("sequence":0,)")) << json.substr(0, 500);
  EXPECT_TRUE(json.contains(R"("changes":{")")) << json.substr(0, 500);
  EXPECT_FALSE(json.contains("commitments"));
  EXPECT_TRUE(file(admin, "audit", "xlsx").starts_with("PK"));
  const Person clerk = backend.person_with("clerk", {"create:export", "read:user"});
  EXPECT_EQ(generate(clerk, "audit", "csv").at("/code"), "auth.forbidden");
}

// An attempt that ended after some pieces: the next one writes the rest, and the file is the same.
TEST_F(ExportFiles, AreContinuedWhereTheyStopped) {
  add_products(230);
  for (const std::string format : {"csv", "json"}) {
    const std::string whole = file(admin, "products", format);
    const auto rows = [&](const std::string& text) { return std::ranges::count(text, '\n') - 1; };
    for (const int stop : {1, 100, 229, 230}) {
      std::size_t end = format == "csv" ? 0 : 1;
      for (int line = 0; line <= stop; ++line) end = whole.find('\n', end) + 1;
      std::string begun = whole.substr(0, end);
      // The id is the first column of the last row.
      const std::size_t row_at = begun.rfind('\n', begun.size() - 2) + 1;
      const std::size_t id_at = format == "csv" ? row_at : begun.find(R"("id":")", row_at) + 6;
      const std::string last = begun.substr(id_at, 36);
      if (format == "json") begun.resize(begun.rfind('}') + 1);
      const std::string id = generate(admin, "products", format).at("/data/id");
      backend.run("insert into export_chunks (export_id, position, content) values ($1, 0, $2)",
                  {Uuid::parse(id).value(), begun});
      backend.run(
          "update exports set status = 'running', chunks = 1, rows_written = $1, bytes_written = $2, "
          "last_key = $3 where id = $4",
          {std::int64_t{stop}, static_cast<std::int64_t>(begun.size()), last, Uuid::parse(id).value()});
      run_jobs();
      const std::string continued = backend.client().get(export_of(admin, id).at("/data/fileUrl")).body;
      EXPECT_EQ(rows(continued), rows(whole)) << stop;
      EXPECT_TRUE(continued == whole) << format << " after " << stop << " rows";
      backend.clock().advance(1min);
    }
  }
}

Task<Result<>> remove_old(api::UnitOfWork& unit, const jobs::Enqueuer* enqueuer) {
  enqueuer->enqueue(unit, backend::RemoveExports{});
  co_return Result<>{};
}

TEST_F(ExportFiles, AreRemovedAfterADay) {
  const std::string id = generate(admin, "products", "csv").at("/data/id");
  run_jobs();
  backend.clock().advance(25h);
  SystemRandom random;
  api::SystemCall call({&backend.clock(), &random, &backend.logger()}, "a schedule");
  auto& application = backend.application();
  EXPECT_TRUE(async::run_to_end(backend.client().loop(),
                                application.units().run(call, &remove_old, &application.jobs().enqueuer())));
  run_jobs();
  admin = backend.sign_in(admin.email);
  EXPECT_EQ(export_of(admin, id).status, 404);
}

}  // namespace
}  // namespace ashlar::test
