// SPDX-License-Identifier: Apache-2.0
#include "ashlar/audit/snapshot.hpp"

#include "ashlar/core/parse.hpp"

#include <algorithm>

namespace ashlar::audit {

std::optional<Snapshot> Snapshot::parse(std::string_view text) {
  if (text.empty()) return Snapshot{};
  const std::size_t first = text.find(':');
  const std::size_t second = first == text.npos ? first : text.find(':', first + 1);
  if (second == text.npos) return std::nullopt;
  const auto begin = parse_integer<std::int64_t>(text.substr(0, first));
  const auto end = parse_integer<std::int64_t>(text.substr(first + 1, second - first - 1));
  if (!begin || !end || *begin < 1 || *end < *begin) return std::nullopt;
  Snapshot out{.begin = *begin, .end = *end, .running = {}};
  for (auto rest = text.substr(second + 1); !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const auto running = parse_integer<std::int64_t>(rest.substr(0, comma));
    if (!running) return std::nullopt;
    out.running.push_back(*running);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return out;
}

std::string Snapshot::running_text() const {
  std::string out;
  for (const std::int64_t each : running) out.append(out.empty() ? "" : ",").append(std::to_string(each));
  return out;
}

std::string Snapshot::to_string() const {
  return std::to_string(begin) + ':' + std::to_string(end) + ':' + running_text();
}

bool Snapshot::sees(std::int64_t transaction) const {
  return transaction < end && std::ranges::find(running, transaction) == running.end();
}

Snapshot Snapshot::before(std::int64_t limit) const {
  Snapshot out{.begin = std::min(begin, limit), .end = std::min(end, limit), .running = {}};
  std::ranges::copy_if(running, std::back_inserter(out.running), [&](std::int64_t each) { return each < out.end; });
  return out;
}

}  // namespace ashlar::audit
