// SPDX-License-Identifier: Apache-2.0
#include "ashlar/cache/key.hpp"

namespace ashlar::cache::detail {

void append_part(std::string& out, std::string_view part) {
  for (std::size_t at = 0;;) {
    const std::size_t next = part.find_first_of(":%", at);
    out += part.substr(at, next - at);
    if (next == std::string_view::npos) return;
    out += part[next] == ':' ? "%3A" : "%25";
    at = next + 1;
  }
}

}  // namespace ashlar::cache::detail
