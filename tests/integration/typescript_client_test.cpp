// SPDX-License-Identifier: Apache-2.0
// `ashlar client typescript`: what it writes is type-checked by TypeScript, compared with what openapi-typescript makes
// of the same document, and run on Node.js against a server (tools/typescript-client).
#include "tests/integration/server.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace ashlar::test {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

Finished client(const TemporaryFolder& folder, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"client", "typescript"});
  return run(ashlar(std::move(more), folder, {}));
}

// A script of a package.
Command node(const TemporaryFolder& folder, const std::string& script, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"/usr/bin/env", "node", script});
  return {.words = std::move(arguments), .folder = folder.path()};
}

// A project with the client, the checks and the packages.
void make_project(const TemporaryFolder& folder) {
  const Finished written = client(folder);
  ASSERT_EQ(written.exit_code, 0) << written.err;
  EXPECT_EQ(written.out,
            "wrote client/api.ts\nwrote client/types.ts\nwrote client/runtime.ts\nwrote client/realtime.ts\n");
  // The files of tools/typescript-client with the installed packages.
  const fs::path checks = fs::path(ASHLAR_BINARY).parent_path().parent_path() / "typescript-client";
  for (const fs::directory_entry& each : fs::directory_iterator(checks))
    if (each.is_regular_file()) fs::copy(each.path(), folder.path() / each.path().filename());
  fs::create_directory_symlink(checks / "node_modules", folder.path() / "node_modules");

  // passkeys are in the client, but not in the description by default.
  write(folder.path() / "openapi.json", run(ashlar({"openapi"}, folder, {})).out);
  const Finished theirs =
      run(node(folder, "node_modules/openapi-typescript/bin/cli.js",
               {"openapi.json", "-o", "openapi.ts", "--empty-objects-unknown", "--default-non-nullable", "false"}));
  ASSERT_EQ(theirs.exit_code, 0) << theirs.err;
  const std::string compiler = "node_modules/typescript/bin/tsc";
  for (const char* configuration : {"tsconfig.browser.json", "tsconfig.json"}) {
    const Finished checked = run(node(folder, compiler, {"-p", configuration}));
    ASSERT_EQ(checked.exit_code, 0) << configuration << "\n" << checked.out;
  }
}

TEST(TypescriptClient, IsTypeCheckedAndRuns) {
  const TemporaryFolder folder;
  ASSERT_NO_FATAL_FAILURE(make_project(folder));
  const Variables variables = server_variables();
  Server server(folder, variables);
  Process check(node(folder, "out/check.js", {std::to_string(server.port()), variables.at("JWT_SECRET")}));
  check.wait_for("stop the server");
  server.process().signal(SIGTERM);
  EXPECT_EQ(check.wait(), 0) << check.err();
  EXPECT_TRUE(check.out().ends_with("agreed\n")) << check.err();
}

TEST(TypescriptClient, IsTheSameForTheSameDescriptionAndReplacesOnlyItself) {
  const TemporaryFolder folder;
  ASSERT_EQ(client(folder, {"--output", "src/one"}).exit_code, 0);
  ASSERT_EQ(client(folder, {"--output", "src/two"}).exit_code, 0);
  for (const char* name : {"api.ts", "types.ts", "runtime.ts", "realtime.ts"})
    EXPECT_EQ(content(folder.path() / "src/one" / name), content(folder.path() / "src/two" / name)) << name;
  EXPECT_EQ(client(folder, {"--output", "src/one"}).exit_code, 0);

  write(folder.path() / "src/one/types.ts", "export type Mine = 1;\n");
  write(folder.path() / "src/one/api.ts", "// Written by `ashlar client typescript`; an older one.\n");
  const Finished refused = client(folder, {"--output", "src/one"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(refused.err.contains("src/one/types.ts")) << refused.err;
  EXPECT_EQ(content(folder.path() / "src/one/types.ts"), "export type Mine = 1;\n");
  EXPECT_TRUE(content(folder.path() / "src/one/api.ts").ends_with("older one.\n"));
}

struct Described {
  const char* name;
  const char* document;
  const char* in_types;
  const char* in_api;
};

TEST(TypescriptClient, IsMadeOfOtherDescriptions) {
  const TemporaryFolder folder;
  for (const Described& each : {
           Described{"a path alone",
                     R"({"openapi": "3.1.0", "paths": {"/a/{id}": {"get": {"operationId": "read", "parameters":
             [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}],
             "responses": {"200": {"content": {"application/json": {"schema": {"type": ["string", "null"]}}}}}}}}})",
                     "", R"(read: { input: { id: number }; reply: { data: string | null } };)"},
           Described{"unions in lists, quoted members, comments that end nothing",
                     R"({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"a.b": {"type": "object",
             "properties": {"x-y": {"type": "array", "items": {"oneOf": [{"type": "string"}, {"enum": [1, "}|"]}]},
             "description": "Never */ ends"}}}}}})",
                     "export interface AB {\n  /** Never *\\/ ends */\n  \"x-y\"?: (string | (1 | \"}|\"))[];\n}\n",
                     ""},
       }) {
    write(folder.path() / "openapi.json", each.document);
    const Finished written = client(folder, {"--openapi", "openapi.json"});
    EXPECT_EQ(written.exit_code, 0) << each.name << ": " << written.err;
    const std::string types = content(folder.path() / "client/types.ts");
    EXPECT_TRUE(types.contains(each.in_types)) << each.name << "\n" << types;
    EXPECT_TRUE(content(folder.path() / "client/api.ts").contains(each.in_api)) << each.name;
  }
}

TEST(TypescriptClient, IsRefusedForWhatItCannotExpress) {
  const TemporaryFolder folder;
  const std::string in_body = R"("requestBody": {"content": {"application/json": {"schema": )";
  for (const std::string& document : {
           std::string("not JSON"),
           std::string(R"({"openapi": "3.0.3", "paths": {}})"),
           std::string(R"({"openapi": "3.1.0"})"),
           std::string(R"({"openapi": "3.1.0", "paths": {"/": {"get": {"operationId": "a b", "responses": {}}}}})"),
           R"({"openapi": "3.1.0", "paths": {"/{a}": {"post": {"operationId": "a", "responses": {}, "parameters":
             [{"name": "a", "in": "path", "required": true, "schema": {"type": "string"}}], )" +
               in_body + R"({"type": "object", "properties": {"a": {}}}}}}}}}})",
           R"({"openapi": "3.1.0", "paths": {"/": {"post": {"operationId": "a", "responses": {}, )" + in_body +
               R"({"type": "array"}}}}}}}})",
           std::string(R"({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"a": {"not": {}}}}})"),
           std::string(R"({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"a.b": {}, "AB": {}}}})"),
       }) {
    write(folder.path() / "openapi.json", document);
    const Finished refused = client(folder, {"--openapi", "openapi.json"});
    EXPECT_EQ(refused.exit_code, 1) << document;
    EXPECT_TRUE(refused.err.contains("openapi.json has no client: ")) << refused.err;
    EXPECT_FALSE(fs::exists(folder.path() / "client"));
  }
  EXPECT_EQ(client(folder, {"--openapi", "absent.json"}).exit_code, 1);
}

}  // namespace
}  // namespace ashlar::test
