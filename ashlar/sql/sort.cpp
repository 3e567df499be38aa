// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sort.hpp"

namespace ashlar::sql::detail {

std::vector<std::string> sort_names(const schema::Type& type, std::span<const std::string_view> columns) {
  std::vector<std::string> out;
  for (const auto column : columns) {
    for (const auto& member : type.members) {
      if (member.name != column) continue;
      out.emplace_back(member.json_name);
      out.push_back("-" + out.back());
    }
  }
  return out;
}

}  // namespace ashlar::sql::detail
