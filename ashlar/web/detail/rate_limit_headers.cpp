// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/rate_limit_headers.hpp"

#include <array>
#include <charconv>

namespace ashlar::web {

void add_rate_limit_headers(const api::RateLimitDecision& decision, http::ResponseHeaders& headers) {
  const auto add = [&](std::string_view name, std::int64_t value) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    headers.add(name, {digits.data(), end});
  };
  add("RateLimit-Limit", decision.limit);
  add("RateLimit-Remaining", decision.remaining);
  add("RateLimit-Reset", decision.reset_after.count());
}

}  // namespace ashlar::web
