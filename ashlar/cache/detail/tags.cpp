// SPDX-License-Identifier: Apache-2.0
#include "ashlar/cache/detail/tags.hpp"

namespace ashlar::cache::detail {

TagMarks Tags::mark(const std::vector<std::string>& names) {
  TagMarks out;
  if (names.empty()) return out;
  out.reserve(names.size());
  const std::scoped_lock lock(mutex_);
  for (const auto& name : names) {
    auto& known = tags_[name];
    auto tag = known.lock();
    if (!tag) known = tag = std::make_shared<Tag>();
    const std::uint64_t version = tag->version.load(std::memory_order_relaxed);
    out.push_back({.tag = std::move(tag), .version = version});
  }
  if (tags_.size() >= look_again_at_) forget_unused();
  return out;
}

void Tags::invalidate(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  const auto at = tags_.find(name);
  if (at == tags_.end()) return;
  if (const auto tag = at->second.lock()) {
    tag->version.fetch_add(1, std::memory_order_release);
  } else {
    tags_.erase(at);
  }
}

std::size_t Tags::size() const {
  const std::scoped_lock lock(mutex_);
  return tags_.size();
}

// The table may grow to twice the number in use: this amortises the cost of the scan.
void Tags::forget_unused() {
  std::erase_if(tags_, [](const auto& entry) { return entry.second.expired(); });
  look_again_at_ = 64 + 2 * tags_.size();
}

}  // namespace ashlar::cache::detail
