// SPDX-License-Identifier: Apache-2.0
// What all lists have in common: totals from counters, and cursors.
#include "backend/list_counts.hpp"
#include "backend/schema_version.hpp"
#include "tests/support/test_backend.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::test {
namespace {

using http::Method;

class Lists : public testing::Test {
 protected:
  std::string create(const std::string& name, const std::string& more = "") {
    backend.clock().advance(std::chrono::seconds{1});
    const auto reply = backend.as(keeper, Method::post, "/api/products",
                                  R"({"name": ")" + name + R"(", "price": 5, "stock": 9)" + more + "}");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.at("/data/id");
  }
  web::TestReply get(const std::string& target) { return backend.as(admin, Method::get, target); }
  std::string total(const std::string& target) { return get(target).at("/pagination/total"); }
  // The values of one member of a list's items, each with a space behind it.
  static std::string all(const web::TestReply& reply, const std::string& member) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    std::string out;
    for (std::size_t i = 0; reply.has("/data/" + std::to_string(i)); ++i)
      out += reply.at("/data/" + std::to_string(i) + "/" + member) + " ";
    return out;
  }
  // Each counter that is not 0, as "products.tag/a=1 ", and what a count of the rows gives: they are the same.
  std::string counted(const std::string& rows) {
    std::string out;
    const auto read = backend.database().query_blocking(
        {.sql = rows, .parameters = {}, .mode = sql::Mode::read, .on_row = [&](const sql::Row& row) {
           out +=
               std::string(row.text(0)) + "/" + std::string(row.text(1)) + "=" + std::to_string(row.integer(2)) + " ";
         }});
    EXPECT_TRUE(read) << read.error().cause();
    return out;
  }
  void expect_exact_counters() {
    EXPECT_EQ(counted("select list, part, cast(sum(count) as bigint) from list_counts group by list, part "
                      "having sum(count) <> 0 order by list, part"),
              counted("select list, part, cast(count(*) as bigint) from ("
                      "select 'products' as list, '' as part from products union all "
                      "select 'products.category', category from products where category is not null union all "
                      "select 'posts.published', '' from posts where published union all "
                      "select 'posts.drafts', cast(author_id as text) from posts where not published union all "
                      "select 'users', '' from users union all "
                      "select 'orders', '' from orders union all "
                      "select 'orders.user', cast(user_id as text) from orders where user_id is not null) as listed "
                      "group by list, part order by list, part"));
  }

  TestBackend backend;
  Person admin = backend.admin();
  Person keeper = backend.person_with("keeper", {"create:product", "update:product", "delete:product"});
};

TEST_F(Lists, RefuseCursorsThatAreNotTheirs) {
  for (const char* name : {"a", "b", "c"}) (void)create(name);
  const std::string cursor = get("/api/products?cursor=&limit=1").at("/pagination/next");
  std::string changed = cursor;
  changed[2] = changed[2] == 'A' ? 'B' : 'A';
  for (const std::string& target :
       {"/api/products?cursor=" + changed, "/api/products?sort=name&cursor=" + cursor,
        "/api/products?category=x&cursor=" + cursor, "/api/users?cursor=" + cursor, "/api/posts?cursor=" + cursor,
        "/api/orders?cursor=" + cursor, std::string("/api/products?cursor=nothing")}) {
    const auto reply = get(target);
    EXPECT_EQ(reply.status, 422) << target;
    EXPECT_EQ(reply.at("/code"), "sql.invalid_cursor") << target;
  }
  EXPECT_EQ(get("/api/products?cursor=" + std::string(4097, 'c')).at("/code"), "request.invalid");
}

TEST_F(Lists, AreReadByCursorsForwardAndBack) {
  for (const char* name : {"a", "b", "c", "d", "e"}) (void)create(name);
  auto reply = get("/api/products?cursor=&limit=2&sort=-name");
  EXPECT_EQ(all(reply, "name"), "e d ");
  EXPECT_EQ(reply.at("/pagination/limit"), "2");
  EXPECT_EQ(reply.at("/pagination/previous"), "null");
  EXPECT_FALSE(reply.has("/pagination/total")) << reply.body;
  EXPECT_FALSE(reply.has("/pagination/page")) << reply.body;
  const std::string second = "/api/products?limit=2&sort=-name&cursor=" + reply.at("/pagination/next");
  (void)create("dd");  // on the page before: the next ones stay what they are
  reply = get(second);
  EXPECT_EQ(all(reply, "name"), "c b ");
  const std::string back = reply.at("/pagination/previous");
  reply = get("/api/products?limit=2&sort=-name&cursor=" + reply.at("/pagination/next"));
  EXPECT_EQ(all(reply, "name"), "a ");
  EXPECT_EQ(reply.at("/pagination/next"), "null");
  EXPECT_EQ(all(get("/api/products?limit=2&sort=-name&cursor=" + back), "name"), "dd d ");
}

TEST_F(Lists, AllTakeACursor) {
  const std::string product = create("Desk");
  for (const char* title : {"one", "two"})
    EXPECT_EQ(backend
                  .as(keeper, Method::post, "/api/posts",
                      R"({"title": ")" + std::string(title) + R"(", "content": "c", "published": true})")
                  .status,
              201);
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(backend
                  .as(keeper, Method::post, "/api/orders",
                      R"({"items": [{"productId": ")" + product + R"(", "quantity": 1}]})")
                  .status,
              201);
  for (const char* list : {"/api/users", "/api/posts", "/api/orders"}) {
    const auto first = get(list + std::string("?cursor=&limit=1"));
    ASSERT_EQ(first.status, 200) << first.body;
    const auto second = get(list + std::string("?limit=1&cursor=") + first.at("/pagination/next"));
    EXPECT_EQ(all(first, "id") + all(second, "id"), all(get(list + std::string("?limit=2")), "id")) << list;
    EXPECT_FALSE(first.has("/data/0/content")) << list;
  }
}

TEST_F(Lists, HaveExactTotalsWhateverIsWritten) {
  const std::string desk = create("Desk", R"(, "category": "furniture", "tags": ["oak", "new"])");
  const std::string chair = create("Chair", R"(, "category": "furniture")");
  EXPECT_EQ(total("/api/products"), "2");
  EXPECT_EQ(total("/api/products?category=furniture"), "2");
  EXPECT_EQ(total("/api/products?tag=oak"), "1");
  const auto patch = [&](const std::string& id, const std::string& body) {
    EXPECT_EQ(backend.as(keeper, Method::patch, "/api/products/" + id, body).status, 200);
  };
  patch(desk, R"({"category": null, "tags": ["oak", "sale"]})");
  patch(chair, R"({"category": "chairs", "tags": ["oak"]})");
  EXPECT_EQ(total("/api/products?category=furniture"), "0");
  EXPECT_EQ(total("/api/products?category=chairs"), "1");
  EXPECT_EQ(total("/api/products?tag=oak"), "2");
  EXPECT_EQ(total("/api/products?tag=new"), "0");
  patch(desk, R"({"tags": []})");
  patch(chair, R"({"tags": []})");
  expect_exact_counters();

  const Person ada = backend.person("ada");
  const auto draft = backend.as(ada, Method::post, "/api/posts", R"({"title": "t", "content": "c"})").at("/data/id");
  EXPECT_EQ(backend.as(ada, Method::get, "/api/posts?mine=true").at("/pagination/total"), "1");
  EXPECT_EQ(total("/api/posts"), "0");
  EXPECT_EQ(backend.as(ada, Method::patch, "/api/posts/" + draft, R"({"published": true})").status, 200);
  EXPECT_EQ(total("/api/posts"), "1");
  EXPECT_EQ(
      backend.as(ada, Method::post, "/api/orders", R"({"items": [{"productId": ")" + chair + R"(", "quantity": 1}]})")
          .status,
      201);
  EXPECT_EQ(backend.as(ada, Method::get, "/api/orders").at("/pagination/total"), "1");
  EXPECT_EQ(total("/api/orders"), "1");
  expect_exact_counters();

  EXPECT_EQ(backend.as(admin, Method::remove, "/api/users/" + ada.id).status, 204);
  EXPECT_EQ(backend.as(keeper, Method::remove, "/api/products/" + desk).status, 204);
  expect_exact_counters();
  EXPECT_EQ(total("/api/posts"), "0");
  EXPECT_EQ(total("/api/orders"), "1") << "it outlives the account";
}

// The migrations that change `orders` can be undone and applied again, also with an order whose account was removed.
TEST_F(Lists, AreCountedByTheMigration) {
  const std::string desk = create("Desk", R"(, "category": "furniture")");
  const Person ada = backend.person("ada");
  const Person eve = backend.person("eve");
  for (const Person& who : {ada, eve})
    EXPECT_EQ(
        backend.as(who, Method::post, "/api/orders", R"({"items": [{"productId": ")" + desk + R"(", "quantity": 1}]})")
            .status,
        201);
  EXPECT_EQ(backend.as(admin, Method::remove, "/api/users/" + ada.id).status, 204);
  auto migrator = backend::migrator(backend.database(), backend.clock());
  const auto latest = backend::migrations(backend.database().dialect()).size();
  for (const std::size_t first : {8U, 7U}) {  // and all after it
    const auto undone = migrator.down(latest - first + 1);
    ASSERT_TRUE(undone) << undone.error().message() << undone.error().cause();
    const auto applied = migrator.up();
    ASSERT_TRUE(applied) << applied.error().message() << applied.error().cause();
    expect_exact_counters();
    EXPECT_EQ(total("/api/orders"), first == 8 ? "2" : "1") << "before 0007 each order has an account";
    EXPECT_EQ(backend.as(admin, Method::get, "/api/products?category=furniture").at("/pagination/total"), "1");
  }
  const auto undone = migrator.down(latest);
  ASSERT_TRUE(undone) << undone.error().message() << undone.error().cause();
  ASSERT_TRUE(migrator.up());
  expect_exact_counters();
}

// A search counts up to 1,000 rows.
TEST_F(Lists, SayThatATotalIsALowerBound) {
  const std::string desk = create("Desk");
  const auto copy = [&](int first, int last) {
    std::string script;
    for (int number = first; number <= last; ++number)
      script +=
          "insert into products select '00000000-0000-7000-8000-" + std::to_string(100'000'000'000 + number) +
          "', name, description, price, stock, category, created_at, updated_at, tags from products where id = '" +
          desk + "';";
    ASSERT_TRUE(backend.database().run_script(script));
  };
  copy(1, 999);
  auto reply = get("/api/products?search=desk");
  EXPECT_EQ(reply.at("/pagination/total"), "1000");
  EXPECT_FALSE(reply.has("/pagination/totalIsExact")) << reply.body;
  copy(1'000, 1'000);
  reply = get("/api/products?search=desk&page=51");
  EXPECT_EQ(reply.at("/pagination/total"), "1000");
  EXPECT_EQ(reply.at("/pagination/totalIsExact"), "false") << reply.body;
  EXPECT_EQ(all(reply, "name"), "Desk ") << "a page behind the bound";
  EXPECT_EQ(total("/api/products"), "1001");
}

// A write that is refused leaves no trace in a counter.
TEST_F(Lists, CountNothingThatWasRolledBack) {
  (void)create("Desk");
  EXPECT_EQ(backend.as(keeper, Method::post, "/api/products", R"({"name": "Chair", "price": -1})").status, 422);
  EXPECT_FALSE(
      backend.database().run_script("insert into products (id, name, price, stock, created_at, updated_at) select id, "
                                    "name, price, stock, created_at, "
                                    "updated_at from products"));
  EXPECT_EQ(total("/api/products"), "1");
  expect_exact_counters();
}

}  // namespace
}  // namespace ashlar::test
