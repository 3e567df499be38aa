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
  // As somebody does who tells nobody.
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
                  "', name, description, price, stock, category, created_at, updated_at from products;");
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

TEST_F(CachedProducts, WhatNobodyToldIsShownForTheTtlAtMost) {
  const std::string id = create("Chair");
  const std::string unknown = "0192f0c1-2345-7abc-8def-0123456789ab";
  EXPECT_EQ(stock_of(id), "9");
  EXPECT_EQ(stock_of(unknown), "404");
  behind_the_back("update products set stock = 3; insert into products select '" + unknown +
                  "', name, description, price, stock, category, created_at, updated_at from products;");
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
  std::int64_t stock() { return await(products.find(id))->value_or(backend::Product{}).stock; }
  Task<Result<int>> write(std::string sql, std::optional<Error> error) {
    const auto until = std::chrono::steady_clock::now() + 5ms;  // a deadline may pass meanwhile
    while (std::chrono::steady_clock::now() < until)
      co_await boost::asio::post(loop, boost::asio::use_awaitable_t<LoopExecutor>{});
    if (auto done = test_backend.database().run_script(sql); !done) throw std::runtime_error(done.error().cause());
    if (error && error->kind() == ErrorKind::malformed) throw std::runtime_error("broken");
    if (error) co_return std::unexpected(*error);
    co_return 1;
  }

  boost::asio::io_context loop{1};
  TestBackend test_backend;
  SystemClock clock;
  SystemRandom random;
  cache::Cache cache{{}, clock, random};
  backend::Products products{test_backend.database(), cache, 1h};
  const Uuid id{std::array<std::uint8_t, 16>{7}};
};

TEST_F(ProductsService, AWriteThatWasBegunIsEndedAndToldAlthoughItsRequestIsOver) {
  backend::Product chair = backend::Product::example();
  chair.id = id;
  chair.stock = 9;
  ASSERT_TRUE(await(products.create(chair)));
  EXPECT_EQ(stock(), 9);
  const auto done =
      await(async::with_deadline(products.changing({id}, write("update products set stock = 3", std::nullopt)), 1ms));
  EXPECT_TRUE(done);
  EXPECT_EQ(stock(), 3);
}

TEST_F(ProductsService, OnlyAnErrorThatSaysThatNothingWasWrittenKeepsWhatIsKept) {
  backend::Product chair = backend::Product::example();
  chair.id = id;
  ASSERT_TRUE(await(products.create(chair)));
  EXPECT_TRUE(await(products.changing({id}, write("update products set stock = 1", std::nullopt))));
  EXPECT_EQ(stock(), 1);
  const auto fails = [this](const char* sql, const ErrorCode& code) {
    return await(products.changing({id}, write(sql, Error(code, "It failed."))));
  };
  EXPECT_FALSE(fails("update products set stock = 2", sql::errors::unavailable));
  EXPECT_EQ(stock(), 2);
  EXPECT_FALSE(fails("update products set stock = 3", sql::errors::timed_out));
  EXPECT_EQ(stock(), 3);
  EXPECT_THROW((void)fails("update products set stock = 4", ashlar::errors::malformed_json), std::runtime_error);
  EXPECT_EQ(stock(), 4);
  const auto before = cache.statistics().loads;
  EXPECT_FALSE(fails("select 1", sql::errors::unique));
  EXPECT_EQ(stock(), 4);
  EXPECT_EQ(cache.statistics().loads, before);
}

TEST_F(ProductsService, KeepNothingWithATtlOfZero) {
  backend::Products uncached(test_backend.database(), cache, 0ms);
  EXPECT_FALSE(*await(uncached.find(id)));
  EXPECT_EQ(await(uncached.list({}))->total, 0);
  EXPECT_EQ(cache.statistics().misses, 0U);
}

}  // namespace
}  // namespace ashlar::test
