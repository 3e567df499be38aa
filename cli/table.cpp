// SPDX-License-Identifier: Apache-2.0
#include "cli/table.hpp"

#include "ashlar/core/encoding.hpp"

#include <algorithm>
#include <cstdio>

namespace ashlar::cli {

void Table::print() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], utf8_length(row[i]));
  std::string out;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - utf8_length(row[i]) + 2, ' ');
    }
    out += '\n';
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
}

}  // namespace ashlar::cli
