// SPDX-License-Identifier: Apache-2.0
// Products through the cache: what is shown after a write, and what is kept.
#include "backend/products/products.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "tests/support/test_backend.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

namespace ashlar::test {
namespace {

using namespace std::chrono_literals;
using http::Method;

class CachedProducts : public testing::Test {
 protected:
  std::string create(const std::string& name) {
    const auto reply = backend.as(keeper, Method::post, "/api/products",
                                  R"({"name": ")" + name + R"(", "price": 5, "category": "chairs", "stock": 9})");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.at("/data/id");
  }
  std::string stock_of(const std::string& id) {
    const auto reply = backend.client().get("/api/products/" + id);
    return reply.status == 200 ? reply.at("/data/stock") : std::to_string(reply.status);
  }
  std::string total(const std::string& query = "") {
    return backend.client().get("/api/products" + query).at("/pagination/total");
  }
  // A write by another process that publishes nothing.
  void behind_the_back(const std::string& sql) { ASSERT_TRUE(backend.database().run_script(sql)); }
  cache::Statistics counted() { return backend.application().cache().statistics(); }

  TestBackend backend;
  Person keeper = backend.person_with("keeper", {"create:product", "update:product", "delete:product"});
};

TEST_F(CachedProducts, AreReadOnceUntilTheyChange) {
  const std::string id = create("Chair");
  EXPECT_EQ(stock_of(id), "9");
  EXPECT_EQ(total(), "1");
  EXPECT_EQ(total("?page=2"), "1");
  behind_the_back("update products set stock = 3; insert into products select '" + Uuid().to_string() +
                  "', name, description, price, stock, category, created_at, updated_at, tags from products;");
  EXPECT_EQ(stock_of(id), "9");
  EXPECT_EQ(total(), "1");
  EXPECT_EQ(total("?search=Chair"), "2") << "a search is not kept";
  EXPECT_EQ(total("?category=chairs"), "2") << "another list is another entry";

  const auto changed = backend.as(keeper, Method::patch, "/api/products/" + id, R"({"name": "Stool"})");
  EXPECT_EQ(changed.at("/data/stock"), "3");
  EXPECT_EQ(stock_of(id), "3");
  EXPECT_EQ(total(), "2");
  EXPECT_EQ(total("?page=2"), "2");
}

TEST_F(CachedProducts, EveryWriteIsSeenAtOnce) {
  EXPECT_EQ(total("?category=chairs"), "0");
  const std::string id = create("Chair");
  EXPECT_EQ(total("?category=chairs"), "1");
  EXPECT_EQ(stock_of(id), "9");
  for (const char* stock : {"7", "8"}) {
    const auto reply =
        backend.as(keeper, Method::patch, "/api/products/" + id, std::string(R"({"stock": )") + stock + "}");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(stock_of(id), stock);
    EXPECT_EQ(backend.client().get("/api/products").at("/data/0/stock"), stock);
  }
  EXPECT_EQ(backend.as(keeper, Method::remove, "/api/products/" + id).status, 204);
  EXPECT_EQ(stock_of(id), "404");
  EXPECT_EQ(total("?category=chairs"), "0");
}

TEST_F(CachedProducts, AnUnpublishedChangeIsInvisibleForTheTtlAtMost) {
  const std::string id = create("Chair");
  const std::string unknown = "0192f0c1-2345-7abc-8def-0123456789ab";
  EXPECT_EQ(stock_of(id), "9");
  EXPECT_EQ(stock_of(unknown), "404");
  behind_the_back("update products set stock = 3; insert into products select '" + unknown +
                  "', name, description, price, stock, category, created_at, updated_at, tags from products;");
  EXPECT_EQ(stock_of(unknown), "404");
  backend.clock().advance(5s);
  EXPECT_EQ(stock_of(unknown), "3");
  backend.clock().advance(25s);
  EXPECT_EQ(stock_of(id), "3");
}

TEST_F(CachedProducts, ReadersNeverSeeWhatWasBeforeAnAnsweredWrite) {
  const std::string id = create("Chair");
  for (int stock = 1; stock <= 10; ++stock) {
    EXPECT_EQ(
        backend.as(keeper, Method::patch, "/api/products/" + id, R"({"stock": )" + std::to_string(stock) + "}").status,
        200);
    EXPECT_EQ(backend.at_once(3, {.method = Method::get, .target = "/api/products/" + id, .headers = {}, .body = {}}),
              (std::vector<int>{200, 200, 200}));
    EXPECT_EQ(stock_of(id), std::to_string(stock));
  }
}

// The service alone.
class ProductsService : public testing::Test {
 protected:
  template <class T>
  T await(Task<T> task) {
    return async::run_to_end(loop, std::move(task));
  }
  boost::asio::io_context loop{1};
  TestBackend test_backend;
  SystemClock clock;
  SystemRandom random;
  cache::Cache cache{{}, clock, random};
  api::Units units{test_backend.database(), {}};
  sql::Cursors cursors{{std::string(32, 'k')}};
  backend::Products products{units, cache, cursors, 1h};
  const Uuid id{std::array<std::uint8_t, 16>{7}};
};

TEST_F(ProductsService, KeepNothingWithATtlOfZero) {
  backend::Products uncached(units, cache, cursors, 0ms);
  EXPECT_FALSE(*await(uncached.find(id)));
  EXPECT_EQ(await(uncached.list({}))->total, 0);
  EXPECT_EQ(cache.statistics().misses, 0U);
}

}  // namespace
}  // namespace ashlar::test
