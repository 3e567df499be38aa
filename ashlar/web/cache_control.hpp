// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace ashlar::web {

// The Cache-Control of a response (RFC 9111 section 5.2.2), as a value without contradictory directives.
//
//   CacheControl::no_store()                                     "no-store"
//   CacheControl::revalidate(CacheControl::Keeper::client)       "private, no-cache"
//   CacheControl::for_time(1h, CacheControl::Keeper::anyone)     "public, max-age=3600"
//   CacheControl::for_time(8760h, CacheControl::Keeper::anyone).immutable()
class CacheControl {
 public:
  enum class Keeper : std::uint8_t {
    client,  // the client itself, and no shared cache
    anyone,
  };

  // Not stored.
  static CacheControl no_store() { return CacheControl("no-store"); }
  // Stored, but revalidated before each use: with an ETag, that costs a 304.
  static CacheControl revalidate(Keeper keeper) { return CacheControl(word_of(keeper) + ", no-cache"); }
  // Used for that long without revalidation. Asserts that the time is not negative.
  static CacheControl for_time(std::chrono::seconds fresh, Keeper keeper);

  // Not revalidated while it is fresh, not even when the user reloads: for names that change with their content.
  [[nodiscard]] CacheControl immutable() && { return std::move(*this).with("immutable"); }
  // May be served stale for that long while a new one is fetched (RFC 5861).
  [[nodiscard]] CacheControl stale_while_revalidate(std::chrono::seconds stale) &&;
  // Must not be served stale without revalidation.
  [[nodiscard]] CacheControl must_revalidate() && { return std::move(*this).with("must-revalidate"); }
  // Sent unchanged by the server and by every cache: not compressed.
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
