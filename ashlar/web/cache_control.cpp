// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/cache_control.hpp"

#include <cassert>

namespace ashlar::web {

namespace {

std::string seconds_of(std::chrono::seconds time) {
  assert(time.count() >= 0);
  return std::to_string(time.count());
}

}  // namespace

CacheControl CacheControl::for_time(std::chrono::seconds fresh, Keeper keeper) {
  return CacheControl(word_of(keeper) + ", max-age=" + seconds_of(fresh));
}

CacheControl CacheControl::stale_while_revalidate(std::chrono::seconds stale) && {
  return std::move(*this).with("stale-while-revalidate=" + seconds_of(stale));
}

}  // namespace ashlar::web
