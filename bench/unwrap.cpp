// SPDX-License-Identifier: Apache-2.0
// What it costs to pass a value or an error through three coroutines, for each way to propagate the error, in one run.
// The base of the ratios is the `if` by hand. docs/design/errors-propagation.md discusses the figures.
//   bench_unwrap [rounds]      default: 60, of 20,000 calls each
#include "ashlar/async/unwrap.hpp"

#include "ashlar/async/task.hpp"
#include "ashlar/async/task_scope.hpp"

#include <boost/asio/io_context.hpp>

#include <time.h>

#include <algorithm>
#include <array>
#include <coroutine>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace ashlar;

constexpr int calls = 20'000;
constexpr ErrorCode no_such_row{ErrorKind::not_found, "bench.no_such_row"};

struct Row {
  std::int64_t id = 0;
  std::string name;
};
Row row_of(std::int64_t id) { return {.id = id, .name = "a name that does not fit into the object"}; }
Error error_of() { return {no_such_row, "There is no row with this id."}; }

// Ids from 0 are found. The functions are not inlined, as those of another translation unit.
#define ASHLAR_BENCH_APART [[gnu::noinline]]

// The frames of Asio itself: unwrap.hpp replaces those of Error, and no other.
namespace asio_frames {
struct PlainError : Error {
  explicit PlainError(Error error) : Error(std::move(error)) {}
};
template <class T>
using Result = std::expected<T, PlainError>;

ASHLAR_BENCH_APART Task<Result<Row>> read(std::int64_t id) {
  if (id < 0) co_return std::unexpected(PlainError(error_of()));
  co_return row_of(id);
}
ASHLAR_BENCH_APART Task<Result<std::string>> find(std::int64_t id) {
  auto row = co_await read(id);
  if (!row) co_return std::unexpected(std::move(row.error()));
  co_return std::move(row->name);
}
ASHLAR_BENCH_APART Task<Result<std::size_t>> serve(std::int64_t id) {
  auto name = co_await find(id);
  if (!name) co_return std::unexpected(std::move(name.error()));
  co_return name->size();
}
}  // namespace asio_frames

namespace by_hand {
ASHLAR_BENCH_APART Task<Result<Row>> read(std::int64_t id) {
  if (id < 0) co_return std::unexpected(error_of());
  co_return row_of(id);
}
ASHLAR_BENCH_APART Task<Result<std::string>> find(std::int64_t id) {
  auto row = co_await read(id);
  if (!row) co_return std::unexpected(std::move(row.error()));
  co_return std::move(row->name);
}
ASHLAR_BENCH_APART Task<Result<std::size_t>> serve(std::int64_t id) {
  auto name = co_await find(id);
  if (!name) co_return std::unexpected(std::move(name.error()));
  co_return name->size();
}
}  // namespace by_hand

namespace unwrapped {
ASHLAR_BENCH_APART Task<Result<std::string>> find(std::int64_t id) {
  auto row = co_await unwrap(by_hand::read(id));
  co_return std::move(row.name);
}
ASHLAR_BENCH_APART Task<Result<std::size_t>> serve(std::int64_t id) {
  const auto name = co_await unwrap(find(id));
  co_return name.size();
}
}  // namespace unwrapped

// Errors as exceptions inside; the outermost coroutine turns them into a Result.
namespace thrown {
struct Failed {
  Error error;
};
template <class T>
T value_of(Result<T> result) {
  if (!result) throw Failed{std::move(result.error())};
  return *std::move(result);
}
ASHLAR_BENCH_APART Task<std::string> find(std::int64_t id) {
  auto row = value_of(co_await by_hand::read(id));
  co_return std::move(row.name);
}
ASHLAR_BENCH_APART Task<Result<std::size_t>> serve(std::int64_t id) {
  try {
    const auto name = co_await find(id);
    co_return name.size();
  } catch (Failed& failed) {
    co_return std::unexpected(std::move(failed.error));
  }
}
}  // namespace thrown

// A coroutine type of our own with symmetric transfer, reduced to what this benchmark needs. It has no executor, no
// cancellation and no operations to wait for, so its figure is a lower bound. `await()` propagates errors.
namespace own_task {
template <class T>
class OwnTask {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;
  struct PromiseBase {
    std::coroutine_handle<> caller = nullptr;
    std::exception_ptr thrown = nullptr;
  };
  struct promise_type : PromiseBase {
    std::optional<Result<T>> result{};

    OwnTask get_return_object() { return OwnTask(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Transfer : std::suspend_always {
        std::coroutine_handle<> await_suspend(Handle done) const noexcept {
          return done.promise().caller ? done.promise().caller : std::noop_coroutine();
        }
      };
      return Transfer{};
    }
    template <class U>
    void return_value(U&& value) {
      result.emplace(std::forward<U>(value));
    }
    void unhandled_exception() { this->thrown = std::current_exception(); }
  };

  OwnTask(OwnTask&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  OwnTask(const OwnTask&) = delete;
  OwnTask& operator=(const OwnTask&) = delete;
  OwnTask& operator=(OwnTask&&) = delete;
  ~OwnTask() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
    handle_.promise().caller = caller;
    return handle_;
  }
  Result<T> await_resume() {
    if (handle_.promise().thrown) std::rethrow_exception(handle_.promise().thrown);
    return std::move(*handle_.promise().result);
  }
  Result<T> run() {
    handle_.resume();
    return await_resume();
  }

 private:
  explicit OwnTask(Handle handle) : handle_(handle) {}
  Handle handle_;
};
ASHLAR_BENCH_APART OwnTask<Row> read(std::int64_t id) {
  if (id < 0) co_return std::unexpected(error_of());
  co_return row_of(id);
}
ASHLAR_BENCH_APART OwnTask<std::string> find(std::int64_t id) {
  auto row = co_await read(id);
  if (!row) co_return std::unexpected(std::move(row.error()));
  co_return std::move(row->name);
}
ASHLAR_BENCH_APART OwnTask<std::size_t> serve(std::int64_t id) {
  auto name = co_await find(id);
  if (!name) co_return std::unexpected(std::move(name.error()));
  co_return name->size();
}
}  // namespace own_task

// The first half of a pair such as try_read and read: a function that answers what needs no wait.
namespace plain_function {
ASHLAR_BENCH_APART Result<Row> read(std::int64_t id) {
  if (id < 0) return std::unexpected(error_of());
  return row_of(id);
}
ASHLAR_BENCH_APART Result<std::string> find(std::int64_t id) {
  auto row = read(id);
  if (!row) return std::unexpected(std::move(row.error()));
  return std::move(row->name);
}
ASHLAR_BENCH_APART Result<std::size_t> serve(std::int64_t id) {
  auto name = find(id);
  if (!name) return std::unexpected(std::move(name.error()));
  return name->size();
}
}  // namespace plain_function

// unwrap() of a Result that is no Task, against the `if`.
ASHLAR_BENCH_APART Task<Result<std::size_t>> results_by_hand(std::int64_t id) {
  auto name = plain_function::find(id);
  if (!name) co_return std::unexpected(std::move(name.error()));
  co_return name->size();
}
ASHLAR_BENCH_APART Task<Result<std::size_t>> results_unwrapped(std::int64_t id) {
  const auto name = co_await unwrap(plain_function::find(id));
  co_return name.size();
}

double cpu_ns() {  // of this thread
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

// The time of one round goes to `ns`: the loop's start is not part of it.
template <auto serve>
Task<> repeat(std::int64_t id, double& ns) {
  std::size_t sum = 0;
  const double before = cpu_ns();
  for (int i = 0; i < calls; ++i) {
    const auto got = co_await serve(id);
    sum += got ? *got : 1;
  }
  ns = (cpu_ns() - before) / calls;
  if (sum == 0) std::abort();
}
template <auto serve>
double on_asio(std::int64_t id) {
  boost::asio::io_context loop(1);
  double ns = 0;
  async::run_to_end(loop, repeat<serve>(id, ns));
  return ns;
}
template <auto serve>
double without_a_loop(std::int64_t id) {
  std::size_t sum = 0;
  const double before = cpu_ns();
  for (int i = 0; i < calls; ++i) {
    auto got = serve(id);
    sum += got ? *got : 1;
  }
  const double ns = (cpu_ns() - before) / calls;
  if (sum == 0) std::abort();
  return ns;
}
Result<std::size_t> run_own(std::int64_t id) { return own_task::serve(id).run(); }

struct Case {
  const char* name;
  double (*round)(std::int64_t id);
  std::size_t base;  // of its ratio, among the cases
  std::vector<double> ns{};
  std::vector<double> ratios{};
};

double median(std::vector<double>& values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void compare(const char* title, std::int64_t id, int rounds) {
  std::array<Case, 8> cases{{{"`if` by hand", on_asio<by_hand::serve>, 0},
                             {"unwrap(task)", on_asio<unwrapped::serve>, 0},
                             {"`if` by hand, Asio's own frames", on_asio<asio_frames::serve>, 0},
                             {"exceptions inside", on_asio<thrown::serve>, 0},
                             {"own task, symmetric transfer (lower bound)", without_a_loop<run_own>, 0},
                             {"plain functions, no coroutine", without_a_loop<plain_function::serve>, 0},
                             {"one coroutine, `if` on a Result", on_asio<results_by_hand>, 6},
                             {"one coroutine, unwrap(result)", on_asio<results_unwrapped>, 6}}};
  for (int round = 0; round < rounds; ++round) {  // interleaved, so that each ratio is of neighbours in time
    for (auto& each : cases) each.ns.push_back(each.round(id));
    for (auto& each : cases) each.ratios.push_back(each.ns.back() / cases[each.base].ns.back());
  }
  std::printf("%s\n", title);
  for (auto& each : cases) {
    const double ratio = median(each.ratios);
    std::printf("  %-44s %8.1f ns  %6.3f\n", each.name, median(each.ns), ratio);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(std::atoi(argv[1]), 1) : 60;
  compare("a value through three coroutines: CPU each, ratio", 7, rounds);
  compare("an error through three coroutines: CPU each, ratio", -1, rounds);
  return 0;
}
