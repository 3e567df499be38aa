// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/request_id.hpp"

#include <algorithm>

namespace ashlar::api {

bool RequestId::is_well_formed(std::string_view offered) {
  return !offered.empty() && offered.size() <= length_max && std::ranges::all_of(offered, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

RequestId::RequestId(std::string_view offered, Random& random) {
  if (is_well_formed(offered)) {
    text_ = offered;
    return;
  }
  std::array<std::byte, 16> bytes;
  random.fill(bytes);
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    made_[2 * i] = digits[std::to_integer<std::size_t>(bytes[i] >> 4)];
    made_[2 * i + 1] = digits[std::to_integer<std::size_t>(bytes[i] & std::byte{15})];
  }
  text_ = {made_.data(), made_.size()};
}

}  // namespace ashlar::api
