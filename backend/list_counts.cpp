// SPDX-License-Identifier: Apache-2.0
#include "backend/list_counts.hpp"

#include "ashlar/sql/aggregate.hpp"
#include "ashlar/sql/query.hpp"

#include <cassert>
#include <utility>

namespace ashlar::backend {

namespace {

struct CounterSum {
  std::int64_t total = 0;
};
ASHLAR_DESCRIBE(CounterSum, total)

sql::Condition<ListCountRow> slots_of(const Counter& counter) {
  return sql::col<&ListCountRow::list> == std::string(counter.list) && sql::col<&ListCountRow::part> == counter.part;
}

}  // namespace

sql::Statement total_of(const std::vector<Counter>& counters, sql::Dialect dialect) {
  assert(!counters.empty());
  auto slots = slots_of(counters.front());
  for (std::size_t i = 1; i < counters.size(); ++i) slots = std::move(slots) || slots_of(counters[i]);
  return sql::select<CounterSum>()
      .from<ListCountRow>()
      .where(std::move(slots))
      .compute(sql::sum<&ListCountRow::count>.or_zero().as<&CounterSum::total>())
      .statement(dialect);
}

}  // namespace ashlar::backend
