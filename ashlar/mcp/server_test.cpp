// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mcp/server.hpp"

#include "ashlar/auth/revocations.hpp"
#include "ashlar/web/app.hpp"
#include "ashlar/web/test_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::mcp {
namespace {

using testing::HasSubstr;
using testing::Not;
using Headers = std::vector<std::pair<std::string, std::string>>;

struct FindBooks {
  std::optional<std::string> title{};
};
ASHLAR_DESCRIBE(FindBooks, title)
struct Book {
  Line<1, 100> title;
  std::int64_t pages = 0;
};
ASHLAR_DESCRIBE(Book, title, pages)

Result<api::Page<Book>> find_books(api::Call&, FindBooks in) {
  api::Page<Book> out;
  out.items.push_back({.title = Line<1, 100>::parse(in.title.value_or("Emma")).value(), .pages = 3});
  out.total = 1;
  return out;
}
Result<api::Created<Book>> add_book(api::UserCall&, Book in) { return api::Created<Book>{in}; }
Result<> remove_books(api::UserCall&) { return {}; }
Result<> hidden(api::Call&) { return {}; }

class Mcp : public testing::Test {
 protected:
  enum class More : std::uint8_t { none, some };
  void open(ServerOptions options = {}, More more = More::none) {
    server_.emplace(std::move(options));
    web::Routes routes;
    routes.get("/books", find_books).open().name("findBooks").summary("Find books").tool();
    routes.post("/books", add_book).permission("create:book").name("addBook").summary("Add a book").tool();
    routes.remove("/books", remove_books).signed_in().name("removeBooks").summary("Remove every book").tool();
    routes.get("/hidden", hidden).open().name("hidden").summary("Not for agents");
    if (more == More::some) {
      routes.get("/more/0", hidden).open().name("more0").summary("Another one").tool();
      routes.get("/more/1", hidden).open().name("more1").summary("Another one").tool();
      routes.get("/more/2", hidden).open().name("more2").summary("Another one").tool();
    }
    mount(routes, *server_, "/mcp");
    app_.emplace(web::AppOptions{}, api::Call::Environment{&clock_, &random_, &log_}, &tokens_, std::move(routes));
    server_->serve(app_->api());
    client_.emplace(*app_);
  }
  web::TestReply post(std::string body, Headers headers = {}) {
    return client_->send(
        {.method = http::Method::post, .target = "/mcp", .headers = std::move(headers), .body = std::move(body)});
  }
  static std::string message(const std::string& method, const std::string& params = "{}") {
    return R"({"jsonrpc":"2.0","id":7,"method":")" + method + R"(","params":)" + params + "}";
  }
  // With what revision 2026-07-28 requires.
  web::TestReply modern(const std::string& method, const std::string& name = {}, const std::string& arguments = {},
                        Headers more = {}) {
    std::string params =
        R"({"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}})";
    Headers headers{{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", method}};
    if (!name.empty()) {
      params += R"(,"name":")" + name + '"';
      headers.emplace_back("Mcp-Name", name);
    }
    if (!arguments.empty()) params += R"(,"arguments":)" + arguments;
    headers.insert(headers.end(), more.begin(), more.end());
    return post(message(method, params + "}"), std::move(headers));
  }
  Headers signed_in(std::vector<std::string> permissions = {}) {
    auth::Principal principal;
    principal.id = *Uuid::parse("01234567-89ab-7def-8123-456789abcdef");
    principal.session = *Uuid::parse("01234567-89ab-7def-8123-111111111111");
    principal.email = "ada@example.com";
    principal.role = "user";
    principal.permissions = std::move(permissions);
    return {{"Authorization", "Bearer " + tokens_.issue_access(principal).token}};
  }

  ManualClock clock_{Timestamp::from_milliseconds(1'800'000'000'000)};
  SeededRandom random_{7};
  auth::MemoryRevocations revocations_{clock_};
  auth::Tokens tokens_{
      {.access_secret = std::string(32, 'a'), .refresh_secret = std::string(32, 'r')}, clock_, random_, revocations_};
  log::Logger log_{{.level = log::Level::error, .console = log::LogOptions::Console::none}, clock_};
  std::optional<Server> server_;
  std::optional<web::App> app_;
  std::optional<web::TestClient> client_;
};

TEST_F(Mcp, RefusesBodiesThatAreNoMessage) {
  open();
  for (const char* body : {"{", "", "nonsense", "{\"jsonrpc\":\"2.0\""}) EXPECT_EQ(post(body).status, 400) << body;
  EXPECT_EQ(post("{").at("/error/code"), "-32700");
  for (const char* body :
       {"[]", "7", "{}", R"({"jsonrpc":"1.0","id":1,"method":"ping"})",
        R"({"jsonrpc":"2.0","id":null,"method":"ping"})", R"({"jsonrpc":"2.0","id":1.5,"method":"ping"})",
        R"({"jsonrpc":"2.0","id":{},"method":"ping"})", R"({"jsonrpc":"2.0","id":1,"method":7})",
        R"({"jsonrpc":"2.0","id":1,"result":{}})", R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[]})",
        R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])"}) {
    const auto reply = post(body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(reply.at("/error/code"), "-32600") << body;
    EXPECT_EQ(reply.at("/id"), "null");
  }
}

TEST_F(Mcp, AnswersNoOtherMethodOfHttp) {
  open();
  EXPECT_EQ(client_->get("/mcp").status, 405);
  EXPECT_EQ(client_->send({.method = http::Method::remove, .target = "/mcp", .headers = {}, .body = {}}).status, 405);
}

TEST_F(Mcp, RefusesOtherOrigins) {
  open({.allowed_origins = {"https://app.example"}});
  for (const char* origin : {"https://evil.example", "null", "http://localhost", "https://app.example.evil.example"})
    EXPECT_EQ(post(message("ping"), {{"Origin", origin}}).status, 403) << origin;
  EXPECT_EQ(post(message("ping"), {{"Origin", "https://app.example"}}).status, 200);
}

TEST_F(Mcp, RefusesVersionsThatItDoesNotSpeak) {
  open();
  for (const char* version : {"1900-01-01", "not-a-version", "2024-11-05"}) {
    const auto reply = post(message("ping"), {{"MCP-Protocol-Version", version}});
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.at("/error/code"), "-32022");
    EXPECT_EQ(reply.at("/error/data/requested"), version);
    EXPECT_EQ(reply.at("/error/data/supported/0"), "2026-07-28");
  }
}

TEST_F(Mcp, RefusesFieldsThatDifferFromTheBody) {
  open();
  const std::string meta =
      R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}})";
  const std::string call = message("tools/call", "{" + meta + R"(,"name":"findBooks"})");
  const std::string version = "MCP-Protocol-Version";
  const std::vector<Headers> wrong = {
      {},
      {{version, "2025-11-25"}, {"Mcp-Method", "tools/call"}, {"Mcp-Name", "findBooks"}},
      {{version, "2026-07-28"}, {"Mcp-Name", "findBooks"}},
      {{version, "2026-07-28"}, {"Mcp-Method", "tools/list"}, {"Mcp-Name", "findBooks"}},
      {{version, "2026-07-28"}, {"Mcp-Method", "tools/call"}},
      {{version, "2026-07-28"}, {"Mcp-Method", "tools/call"}, {"Mcp-Name", "removeBooks"}},
      {{version, "2026-07-28"}, {"Mcp-Method", "tools/call"}, {"Mcp-Name", "=?base64?%%%?="}}};
  for (const Headers& headers : wrong) {
    const auto reply = post(call, headers);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.at("/error/code"), "-32020") << reply.body;
  }
  EXPECT_EQ(post(message("tools/list"), {{version, "2026-07-28"}}).at("/error/code"), "-32020") << "no _meta";
  EXPECT_EQ(post(call, {{version, "2026-07-28"}, {"Mcp-Method", "tools/call"}, {"Mcp-Name", "=?base64?ZmluZEJvb2tz?="}})
                .status,
            200);
}

TEST_F(Mcp, SpeaksWithClientsThatBeginWithAHandshake) {
  open({.name = "shop", .version = "2.0", .instructions = "Sells books."});
  const auto hello = post(message("initialize", R"({"protocolVersion":"2025-06-18","capabilities":{}})"));
  EXPECT_EQ(hello.at("/result/protocolVersion"), "2025-06-18");
  EXPECT_EQ(hello.at("/result/serverInfo/name"), "shop");
  EXPECT_EQ(hello.at("/result/instructions"), "Sells books.");
  EXPECT_EQ(hello.header("Mcp-Session-Id"), "");
  EXPECT_EQ(post(message("initialize", R"({"protocolVersion":"1.0"})")).at("/result/protocolVersion"), "2025-11-25");
  const auto noted = post(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  EXPECT_EQ(noted.status, 202);
  EXPECT_EQ(noted.body, "");
  EXPECT_EQ(post(message("ping")).at("/result"), "{}");
  const auto unknown = post(message("resources/list"), {{"MCP-Protocol-Version", "2025-11-25"}});
  EXPECT_EQ(unknown.status, 200);
  EXPECT_EQ(unknown.at("/error/code"), "-32601");
  EXPECT_THAT(post(message("tools/list")).body, HasSubstr("findBooks"));
}

TEST_F(Mcp, SpeaksThePresentRevision) {
  open();
  const auto found = modern("server/discover");
  EXPECT_EQ(found.at("/result/supportedVersions/0"), "2026-07-28");
  EXPECT_EQ(found.at("/result/resultType"), "complete");
  EXPECT_EQ(found.at("/result/_meta/io.modelcontextprotocol~1serverInfo/name"), "ashlar");
  for (const char* method : {"initialize", "ping", "resources/list"}) {
    const auto reply = modern(method);
    EXPECT_EQ(reply.status, 404) << method;
    EXPECT_EQ(reply.at("/error/code"), "-32601");
  }
}

TEST_F(Mcp, ListsTheLinesThatSayTool) {
  open();
  const auto list = modern("tools/list");
  EXPECT_EQ(list.at("/result/tools/0/name"), "addBook");
  EXPECT_EQ(list.at("/result/tools/0/annotations/readOnlyHint"), "false");
  EXPECT_EQ(list.at("/result/tools/0/inputSchema/type"), "object");
  EXPECT_EQ(list.at("/result/tools/0/inputSchema/properties/pages/type"), "integer");
  EXPECT_EQ(list.at("/result/tools/1/name"), "findBooks");
  EXPECT_EQ(list.at("/result/tools/1/annotations/readOnlyHint"), "true");
  EXPECT_EQ(list.at("/result/tools/2/inputSchema/type"), "object");
  EXPECT_THAT(list.body, Not(HasSubstr("hidden")));
  EXPECT_EQ(list.at("/result/cacheScope"), "public");
}

TEST_F(Mcp, CallsOperationsWithTheirGuards) {
  open();
  const auto found = modern("tools/call", "findBooks", R"({"title":"Ulysses"})");
  EXPECT_EQ(found.at("/result/isError"), "false");
  EXPECT_EQ(found.at("/result/structuredContent/data/0/title"), "Ulysses");
  EXPECT_EQ(found.at("/result/structuredContent/pagination/total"), "1");
  EXPECT_THAT(found.at("/result/content/0/text"), HasSubstr("Ulysses"));

  const std::string book = R"({"title":"Emma","pages":3})";
  const auto anonymous = modern("tools/call", "addBook", book);
  EXPECT_EQ(anonymous.status, 401);
  EXPECT_EQ(anonymous.header("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(anonymous.at("/result/structuredContent/code"), "auth.not_signed_in");
  const auto refused = modern("tools/call", "addBook", book, signed_in());
  EXPECT_EQ(refused.status, 200);
  EXPECT_EQ(refused.at("/result/isError"), "true");
  EXPECT_EQ(refused.at("/result/structuredContent/code"), "auth.forbidden");
  Headers spaced = signed_in({"create:book"});
  spaced[0].second.replace(0, 7, "bearer  ");
  EXPECT_EQ(modern("tools/call", "addBook", book, spaced).at("/result/isError"), "false") << "as in REST";
  const auto added = modern("tools/call", "addBook", book, signed_in({"create:book"}));
  EXPECT_EQ(added.at("/result/structuredContent/data/title"), "Emma");
  EXPECT_EQ(modern("tools/call", "removeBooks", "", signed_in()).at("/result/structuredContent/done"), "true");
}

TEST_F(Mcp, SaysWhatIsWrongWithArguments) {
  open();
  const auto reply =
      modern("tools/call", "addBook", R"({"title":"","pages":"x","more":1})", signed_in({"create:book"}));
  EXPECT_EQ(reply.at("/result/isError"), "true");
  EXPECT_EQ(reply.at("/result/structuredContent/code"), "request.invalid");
  EXPECT_THAT(reply.at("/result/structuredContent/errors"), HasSubstr("/pages"));
  EXPECT_THAT(reply.at("/result/structuredContent/errors"), HasSubstr("/more"));
  EXPECT_EQ(modern("tools/call", "addBook", "[]", signed_in()).at("/error/code"), "-32602");
  EXPECT_EQ(modern("tools/call", "hidden").at("/error/code"), "-32602") << "not a tool";
  EXPECT_EQ(modern("tools/call", "nothing").at("/error/code"), "-32602");
}

// A page of another site has its visitor's cookies.
TEST_F(Mcp, TakesNoCookies) {
  open();
  const std::string token = signed_in()[0].second.substr(7);
  const auto reply = modern("tools/call", "removeBooks", "", {{"Cookie", "accessToken=" + token}});
  EXPECT_EQ(reply.status, 401);
}

TEST_F(Mcp, StandsForManyToolsWithThree) {
  open({.listed_tools_max = 5, .found_tools_max = 2}, More::some);
  const auto list = modern("tools/list");
  EXPECT_EQ(list.at("/result/tools/0/name"), "searchOperations");
  EXPECT_FALSE(list.has("/result/tools/3"));
  const auto found = modern("tools/call", "searchOperations", R"({"query":"BOOK find"})");
  EXPECT_EQ(found.at("/result/structuredContent/operations"), R"([{"name":"findBooks","summary":"Find books"}])");
  EXPECT_EQ(
      modern("tools/call", "searchOperations", R"({"query":"one"})").at("/result/structuredContent/operations/1/name"),
      "more1");
  EXPECT_THAT(modern("tools/call", "describeOperation", R"({"name":"addBook"})").body, HasSubstr("inputSchema"));
  EXPECT_EQ(modern("tools/call", "describeOperation", R"({"name":"hidden"})").at("/error/code"), "-32602");
  const auto called = modern("tools/call", "callOperation", R"({"name":"findBooks","arguments":{"title":"Emma"}})");
  EXPECT_EQ(called.at("/result/structuredContent/data/0/title"), "Emma");
  EXPECT_EQ(modern("tools/call", "callOperation", R"({"name":"addBook","arguments":{}})").status, 401);
  EXPECT_EQ(modern("tools/call", "callOperation", R"({"name":"callOperation"})").at("/error/code"), "-32602");
}

}  // namespace
}  // namespace ashlar::mcp
