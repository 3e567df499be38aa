// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/reconnection.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::sql::postgres::detail {

void Reconnection::failed(Time now, Error error) {
  constexpr std::chrono::milliseconds first_delay{50};
  constexpr int doublings_max = 10;
  if (failures_ == 0) since_ = now;
  const auto delay = std::min(first_delay * (1 << std::min(failures_, doublings_max)), delay_max_);
  std::uniform_int_distribution<std::int64_t> some(delay.count() / 2, delay.count());
  not_before_ = now + std::chrono::milliseconds(some(random_));
  ++failures_;
  last_error_ = std::move(error);
}

bool Reconnection::succeeded() {
  not_before_ = {};
  last_error_.reset();
  return std::exchange(failures_, 0) > 0;
}

}  // namespace ashlar::sql::postgres::detail
