// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/cache/cache.hpp"
#include "ashlar/cache/detail/store.hpp"
#include "ashlar/core/clock.hpp"

#include <boost/system/error_code.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::cache::detail {

// The result of a load, for every coroutine that waits for it.
struct Outcome {
  Result<std::shared_ptr<const void>> value;
  std::exception_ptr thrown{};
};

struct Flight;

// A coroutine that waits for a load. The code that resets `flight`, under the shard's lock, must call `resume` on
// `loop`.
struct Waiter {
  LoopExecutor loop;
  std::shared_ptr<Flight> flight{};
  std::move_only_function<void(boost::system::error_code)> resume{};
  std::shared_ptr<const Outcome> outcome{};
};
using Waiters = std::vector<std::shared_ptr<Waiter>>;

// One load of one key. Its shard's lock guards `waiters` and `kept`; the other members are set before it begins.
struct Flight {
  std::string key;
  std::uint64_t hash;
  const ValueType* type;
  Policy policy;
  TagMarks tags;
  Clock::Steady began;
  Load load;
  enum class Purpose : std::uint8_t { answer, refresh } purpose;
  std::optional<LoopExecutor> loop{};
  bool kept = true;  // the result may be stored: the key was not written since the load began
  Waiters waiters{};

  [[nodiscard]] bool is_of(std::string_view its_key, const ValueType& its_type) const {
    return key == its_key && type == &its_type;
  }
  [[nodiscard]] bool holds() const {  // none of its tags was invalidated since it began
    return std::ranges::all_of(tags, [](const TagMark& mark) { return mark.holds(); });
  }
};

}  // namespace ashlar::cache::detail
