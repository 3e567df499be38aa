// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/text_pattern.hpp"

namespace ashlar::sql::detail {

std::string complete_pattern(std::string_view pattern) {
  std::string out(pattern);
  std::size_t backslashes = 0;
  while (backslashes < out.size() && out[out.size() - 1 - backslashes] == '\\') ++backslashes;
  if (backslashes % 2 == 1) out += '\\';
  return out;
}

}  // namespace ashlar::sql::detail
