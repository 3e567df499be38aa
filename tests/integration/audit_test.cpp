// SPDX-License-Identifier: Apache-2.0
// The audit trail with a real server and the commands, and a proof that is verified offline by a script.
#include "tests/integration/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using testing::HasSubstr;

class AuditCommands : public testing::Test {
 protected:
  AuditCommands() { variables["AUDIT_CHECKPOINT_FOLDER"] = (folder.path() / "checkpoints").string(); }

  Finished run(std::vector<std::string> arguments, std::string input = {}) {
    return test::run(ashlar(std::move(arguments), folder, variables, std::move(input)));
  }
  // As an auditor runs it, who has the file and the key.
  Finished verify_offline(const std::string& proof, const std::string& key) {
    std::ofstream(folder.path() / "proof.json") << proof;
    return test::run(
        {.words = {"/usr/bin/env", "python3", ASHLAR_SOURCE_DIR "/examples/verify_audit_proof.py", "proof.json", key},
         .folder = folder.path()});
  }
  static web::TestReply as_reply(const std::string& json) { return {.status = 200, .headers = {}, .body = json}; }

  TemporaryFolder folder;
  Variables variables = server_variables();
};

TEST_F(AuditCommands, ProveEntriesOffline) {
  Server server(folder, variables);
  ApiClient client(server.port());
  const std::string admin = client.admin_token();
  ASSERT_EQ(client.sign_up("ada").status, 201);
  ASSERT_EQ(client.call("PATCH", "/api/users/me", R"({"name": "Zo\u00eb \"Q\" \\ <x>", "age": 40})", admin).status,
            200);
  ASSERT_EQ(run({"user", "role", "ada@example.com", "admin"}).exit_code, 0);

  const auto entries = client.call("GET", "/api/admin/audit?limit=100", {}, admin);
  ASSERT_EQ(entries.status, 200) << entries.body;
  EXPECT_EQ(entries.at("/data/0/actor/kind"), "system");
  EXPECT_EQ(entries.at("/data/0/actor/name"), "ashlar user role");
  EXPECT_EQ(entries.at("/data/0/changes/role/after"), "admin");
  const auto checkpoint = as_reply(run({"audit", "checkpoint", "--json"}).out);
  const std::string key = checkpoint.at("/key");
  std::size_t proved = 0;
  for (; entries.has("/data/" + std::to_string(proved)); ++proved) {
    const std::string id = entries.at("/data/" + std::to_string(proved) + "/id");
    const auto proof = client.call("GET", "/api/admin/audit/" + id + "/proof", {}, admin);
    ASSERT_EQ(proof.status, 200) << proof.body;
    const auto verified = verify_offline(proof.body, key);
    EXPECT_EQ(verified.exit_code, 0) << verified.err << proof.body;
    EXPECT_THAT(verified.out, testing::StartsWith("proved: "));
  }
  EXPECT_GE(proved, 6U);

  // A proof with one thing changed, or with another key, proves nothing.
  const std::string id = entries.at("/data/1/id");
  const std::string good = run({"audit", "proof", id}).out;
  EXPECT_EQ(verify_offline(good, key).exit_code, 0);
  const auto changed = [&](const std::string& what, const std::string& by) {
    std::string out = good;
    const auto at = out.find(what);
    EXPECT_NE(at, out.npos) << what << " in " << good;
    return at == out.npos ? out : out.replace(at, what.size(), by);
  };
  for (const std::string& wrong :
       {changed(R"("action":"update")", R"("action":"delete")"), changed(R"("kind":"user")", R"("kind":"system")"),
        changed(R"("after":40)", R"("after":41)"), changed(R"("address":"127.0.0.1")", R"("address":"127.0.0.2")"),
        changed(R"("requestId":")", R"("requestId":"x)"), changed(R"("hashes":[")", R"("hashes":["AAAA)"),
        changed(R"("index":)", R"("index":1)"), changed("ashlar\\n", "ashlar\\n1")})
    EXPECT_EQ(verify_offline(wrong, key).exit_code, 1) << wrong;
  EXPECT_EQ(verify_offline(good, "ashlar+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").exit_code, 1);

  // Erasing takes the personal data out of the proof, which stays valid.
  EXPECT_EQ(run({"audit", "erase", "admin@example.com"}).exit_code, 0);
  const std::string erased = run({"audit", "proof", id}).out;
  EXPECT_THAT(erased, testing::Not(HasSubstr("\"name\"")));
  EXPECT_EQ(verify_offline(erased, key).exit_code, 0);
}

TEST_F(AuditCommands, FindWhatWasChanged) {
  ASSERT_EQ(run({"migrate", "up"}).exit_code, 0);
  ASSERT_EQ(run({"user", "create", "ada@example.com", "--name", "Ada"}, "a long password\n").exit_code, 0);
  ASSERT_EQ(run({"user", "grant", "ada@example.com", "create:product"}).exit_code, 0);
  EXPECT_THAT(run({"audit", "verify"}).out, HasSubstr("2 not sealed yet"));
  EXPECT_THAT(run({"audit", "checkpoint"}).out, testing::StartsWith("ashlar\n2\n"));
  const auto intact = run({"audit", "verify", "--json", "--checkpoint", "checkpoints/checkpoint"});
  EXPECT_EQ(intact.exit_code, 0) << intact.err;
  EXPECT_THAT(intact.out, HasSubstr(R"("intact":true,"size":2)"));
  EXPECT_EQ(run({"audit", "trim", "--before", "2020-01-01"}).exit_code, 0);
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
           {"audit", "erase", "nobody@example.com"},
           {"audit", "proof", "0193508e-7b2c-7000-8000-000000000001"},
           {"audit", "verify", "--checkpoint", "none"},
       })
    EXPECT_EQ(run(wrong).exit_code, 1) << testing::PrintToString(wrong);
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
           {"audit"}, {"audit", "proof", "x"}, {"audit", "trim", "--before", "soon"}, {"audit", "erase"}})
    EXPECT_EQ(run(wrong).exit_code, 64) << testing::PrintToString(wrong);

  const bool postgres = variables.contains("DATABASE_URL");
  run_sql(
      folder, variables,
      std::string(postgres ? "alter table audit_entries disable trigger all;" : "drop trigger audit_entries_update;") +
          "update audit_entries set action = 'delete' where action = 'grant_permission';");
  const auto found = run({"audit", "verify"});
  EXPECT_EQ(found.exit_code, 1);
  EXPECT_THAT(found.out, HasSubstr("changed"));
}

}  // namespace
}  // namespace ashlar::test
