// SPDX-License-Identifier: Apache-2.0
// The cost of a cache hit next to a bare map look-up, in one run, for a key that is built each time.
// With a Redis, what one costs that is there and not in the process, alone and 32 at once.
//   bench_cache [threads [redis-url]]      default: 1, and no Redis
#include "ashlar/cache/cache.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/cache/redis_level.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/constraints.hpp"

#include <boost/asio/io_context.hpp>

#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace {

using namespace ashlar;

struct Product {
  Uuid id;
  std::string name;
  std::string description;
  std::int64_t stock = 0;
};
ASHLAR_DESCRIBE(Product, id, name, description, stock)

constexpr int products = 10'000;
constexpr int rounds = 1'000'000;

Uuid id_of(int number) {
  std::array<std::uint8_t, 16> bytes{};
  for (int i = 0; i < 4; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  return Uuid(bytes);
}

Product product_of(int number) {
  return {.id = id_of(number), .name = "product", .description = std::string(200, 'x'), .stock = number};
}

double cpu_ns() {  // of this thread
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

Task<Result<Product>> load(int number) { co_return product_of(number); }

Task<std::int64_t> ask(cache::Cache& cache, int times) {
  std::int64_t sum = 0;
  for (int i = 0; i < times; ++i) {
    const int number = static_cast<int>(static_cast<unsigned>(i) * 7919U % products);
    auto got = co_await cache.get_or_set(cache::key<Product>("product", id_of(number)), {.tags = {"products"}},
                                         [number] { return load(number); });
    if (!got || *got == nullptr) std::abort();
    sum += (**got).stock;
  }
  co_return sum;
}

void ask_on_a_loop(cache::Cache& cache, int times, double& ns_each) {
  boost::asio::io_context loop(1);
  const double before = cpu_ns();
  const auto sum = async::run_to_end(loop, ask(cache, times));
  ns_each = (cpu_ns() - before) / times;
  if (sum == 0) std::abort();
}

double bare_map() {
  std::unordered_map<std::string, std::shared_ptr<const Product>> map;
  for (int i = 0; i < products; ++i)
    map["product:" + id_of(i).to_string()] = std::make_shared<const Product>(product_of(i));
  std::int64_t sum = 0;
  const double before = cpu_ns();
  for (int i = 0; i < rounds; ++i) {
    const int number = static_cast<int>(static_cast<unsigned>(i) * 7919U % products);
    const auto got = map.find("product:" + id_of(number).to_string())->second;
    sum += got->stock;
  }
  if (sum == 0) std::abort();
  return (cpu_ns() - before) / rounds;
}

double wall_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

Task<> fill(cache::Cache& cache, int count) {
  for (int i = 0; i < count; ++i)
    co_await cache.set(cache::key<Product>("product", id_of(i)), product_of(i), {.tags = {"products"}});
}

Task<> ask_each(cache::Cache& cache, int first, int step, int end) {
  for (int i = first; i < end; i += step) {
    auto got = co_await cache.get_or_set(cache::key<Product>("product", id_of(i)), {.tags = {"products"}},
                                         [i] { return load(i); });
    if (!got || *got == nullptr) std::abort();
  }
}

Task<> until_subscribed(const cache::RedisLevel& level) {
  while (!level.is_subscribed()) co_await async::sleep_for(std::chrono::milliseconds(1));
}

void second_level(const std::string& url) {
  boost::asio::io_context loop(1);
  SystemClock clock;
  SystemRandom random;
  redis::Clients clients({.url = url, .command_time_max = std::chrono::seconds(10)});
  cache::RedisLevel level({.prefix = "bench:"}, clients, random);
  cache::Cache writer({}, clock, random, &level);
  clients.start({&loop});
  async::run_to_end(loop, until_subscribed(level));
  async::run_to_end(loop, fill(writer, products));
  for (const int at_once : {1, 32}) {
    cache::Cache reader({}, clock, random, &level);
    const double cpu = cpu_ns();
    const double wall = wall_ns();
    async::TaskScope scope(loop);
    for (int i = 0; i < at_once; ++i) scope.start(ask_each(reader, i, at_once, products));
    async::run_to_end(loop, scope.join());
    std::printf("get_or_set, in Redis, %2d at once          %7.0f ns CPU here, %7.0f ns from one to the next\n",
                at_once, (cpu_ns() - cpu) / products, (wall_ns() - wall) / products);
    if (reader.statistics().loads != 0) std::abort();
  }
  async::run_to_end(loop, writer.flush());
  clients.close();
}

}  // namespace

int main(int argc, char** argv) {
  const int thread_count = argc > 1 ? std::atoi(argv[1]) : 1;
  SystemClock clock;
  SystemRandom random;
  cache::Cache cache({}, clock, random);
  double miss = 0;
  ask_on_a_loop(cache, products, miss);
  const double bare = bare_map();
  std::vector<double> hits(static_cast<std::size_t>(thread_count));
  std::vector<std::thread> threads;
  for (auto& hit : hits) threads.emplace_back([&cache, &hit] { ask_on_a_loop(cache, rounds, hit); });
  for (auto& thread : threads) thread.join();
  double hit = 0;
  for (const double each : hits) hit += each / thread_count;
  const auto counted = cache.statistics();
  std::printf("a key and a look into std::unordered_map  %7.0f ns\n", bare);
  std::printf("get_or_set, hit, %2d threads               %7.0f ns   %.1f times\n", thread_count, hit, hit / bare);
  std::printf("get_or_set, miss and load                 %7.0f ns\n", miss);
  std::printf("%llu entries, %llu bytes\n", static_cast<unsigned long long>(counted.entries),
              static_cast<unsigned long long>(counted.bytes));
  if (argc > 2) second_level(argv[2]);
}
