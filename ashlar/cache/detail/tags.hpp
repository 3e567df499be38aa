// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace ashlar::cache::detail {

struct Tag {
  std::atomic<std::uint64_t> version = 0;
};

// A tag's state when the production of a value began. It no longer holds once the tag is invalidated.
struct TagMark {
  std::shared_ptr<const Tag> tag;
  std::uint64_t version;

  [[nodiscard]] bool holds() const { return tag->version.load(std::memory_order_acquire) == version; }
};
using TagMarks = std::vector<TagMark>;

// The tags in use by some entry or load; unused ones are removed. Safe from any thread.
class Tags {
 public:
  TagMarks mark(const std::vector<std::string>& names);
  void invalidate(const std::string& name);
  [[nodiscard]] std::size_t size() const;

 private:
  void forget_unused();

  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<Tag>> tags_;
  std::size_t look_again_at_ = 64;
};

}  // namespace ashlar::cache::detail
