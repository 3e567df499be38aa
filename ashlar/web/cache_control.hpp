// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace ashlar::web {

// The Cache-Control of a response (RFC 9111 section 5.2.2), as a value that cannot contradict itself.
//
//   CacheControl::no_store()                                     "no-store"
//   CacheControl::revalidate(CacheControl::Keeper::client)       "private, no-cache"
//   CacheControl::for_time(1h, CacheControl::Keeper::anyone)     "public, max-age=3600"
//   CacheControl::for_time(8760h, CacheControl::Keeper::anyone).immutable()
class CacheControl {
 public:
  enum class Keeper : std::uint8_t {
    client,  // the one who asked, and no cache that others share
    anyone,
  };

  // Kept by nobody.
  static CacheControl no_store() { return CacheControl("no-store"); }
  // Kept, and asked about each time before it is used: with an ETag, that costs a 304.
  static CacheControl revalidate(Keeper keeper) { return CacheControl(word_of(keeper) + ", no-cache"); }
  // Used for that long without asking. Asserts that the time is not negative.
  static CacheControl for_time(std::chrono::seconds fresh, Keeper keeper);

  // Never asked about while it is fresh, not even when a person reloads: for names that change with their content.
  [[nodiscard]] CacheControl immutable() && { return std::move(*this).with("immutable"); }
  // For that long past its time it may still be used while a new one is fetched (RFC 5861).
  [[nodiscard]] CacheControl stale_while_revalidate(std::chrono::seconds stale) &&;
  // Past its time it may never be used without asking.
  [[nodiscard]] CacheControl must_revalidate() && { return std::move(*this).with("must-revalidate"); }
  // Sent as it is, by us and by every cache: not compressed.
  [[nodiscard]] CacheControl no_transform() && { return std::move(*this).with("no-transform"); }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  explicit CacheControl(std::string text) : text_(std::move(text)) {}
  static std::string word_of(Keeper keeper) { return keeper == Keeper::client ? "private" : "public"; }
  CacheControl with(const std::string& directive) && {
    text_ += ", " + directive;
    return std::move(*this);
  }

  std::string text_;
};

}  // namespace ashlar::web
