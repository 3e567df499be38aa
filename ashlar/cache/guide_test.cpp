// SPDX-License-Identifier: Apache-2.0
// The code of docs/guide/cache.md.
#include "ashlar/async/shielded.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/cache/cache.hpp"
#include "ashlar/cache/redis_level.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/constraints.hpp"
#include "tests/support/redis_server.hpp"

#include <gtest/gtest.h>

namespace shop {
namespace {

using namespace ashlar;
using namespace std::chrono_literals;

struct Article {
  Uuid id;
  std::string name;
  std::int64_t stock = 0;
};
ASHLAR_DESCRIBE(Article, id, name, stock)

inline constexpr ErrorCode no_such_article{ErrorKind::not_found, "article.not_found"};

// Where articles come from; a repository over a database, as a rule.
class Articles {
 public:
  Task<Result<std::optional<Article>>> find(Uuid id) {
    ++asked;
    if (id == Uuid()) co_return std::nullopt;
    co_return Article{.id = id, .name = "Chair", .stock = 4};
  }
  Task<Result<>> rename(Uuid, std::string) { co_return Result<>(); }

  int asked = 0;
};

Task<Result<Article>> get_article(Uuid id, cache::Cache& cache, Articles& articles) {
  auto found = co_await unwrap(cache.get_or_set(cache::key<Article>("article", id),
                                                {.ttl = 5min, .negative_ttl = 10s, .tags = {"articles"}},
                                                [&articles, id] { return articles.find(id); }));
  if (!found) co_return fail(no_such_article, "There is no such article.");
  co_return *found;
}

Task<Result<>> rename_and_forget(Uuid id, std::string name, cache::Cache& cache, Articles& articles) {
  auto done = co_await articles.rename(id, std::move(name));
  co_await cache.del(cache::key<Article>("article", id).text());  // after the write, whatever came of it
  co_return done;
}

Task<Result<>> rename_article(Uuid id, std::string name, cache::Cache& cache, Articles& articles) {
  return async::shielded(rename_and_forget(id, std::move(name), cache, articles));
}

Task<> forget_all_articles(cache::Cache& cache) { co_await cache.invalidate("articles"); }

const cache::Policy front_page{
    .ttl = 1min,
    .stale_while_revalidate = 5min,  // no caller waits for a refresh,
    .stale_if_error = 1h,            // and callers see no outage of the database
};

TEST(CacheGuide, DoesWhatItSays) {
  SystemClock clock;
  SystemRandom random;
  cache::Cache cache({.bytes_max = 64 * 1024 * 1024}, clock, random);

  boost::asio::io_context loop(1);
  Articles articles;
  const Uuid id(std::array<std::uint8_t, 16>{1});
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(async::run_to_end(loop, get_article(id, cache, articles))->name, "Chair");
    EXPECT_EQ(async::run_to_end(loop, get_article(Uuid(), cache, articles)).error().code(), no_such_article);
  }
  EXPECT_EQ(articles.asked, 2);
  EXPECT_TRUE(async::run_to_end(loop, rename_article(id, "Stool", cache, articles)));
  EXPECT_TRUE(async::run_to_end(loop, get_article(id, cache, articles)));
  EXPECT_EQ(articles.asked, 3);
  async::run_to_end(loop, forget_all_articles(cache));
  EXPECT_TRUE(async::run_to_end(loop, get_article(id, cache, articles)));
  EXPECT_EQ(articles.asked, 4);
  EXPECT_GT(front_page.stale_if_error, front_page.ttl);
}

TEST(CacheGuide, HasTwoLevels) {
  const tests::RedisServer server;
  const std::string url = server.url();
  boost::asio::io_context loop(1);
  std::vector<boost::asio::io_context*> loops = {&loop};
  SystemClock clock;
  SystemRandom random;

  redis::Clients clients({.url = url});
  cache::RedisLevel level({.prefix = "shop:cache:"}, clients, random);
  cache::Cache cache({.bytes_max = 64 * 1024 * 1024}, clock, random, &level);
  clients.start(loops);

  Articles articles;
  const Uuid id(std::array<std::uint8_t, 16>{1});
  EXPECT_EQ(async::run_to_end(loop, get_article(id, cache, articles))->name, "Chair");
  EXPECT_EQ(cache.statistics().loads, 1U);
  clients.close();
}

}  // namespace
}  // namespace shop
