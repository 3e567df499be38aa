// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/unsent_bytes.hpp"

#include "ashlar/http/detail/connection.hpp"

namespace ashlar::http::detail {

void UnsentBytes::change(std::size_t bytes) {
  if (bytes > bytes_) make_room(bytes);
  if (bytes_ == 0) total_.holders_.push_back(*this);
  total_.bytes_ += bytes;
  total_.bytes_ -= bytes_;
  bytes_ = bytes;
  if (bytes_ == 0) total_.holders_.erase(total_.holders_.iterator_to(*this));
}

void UnsentBytes::make_room(std::size_t bytes) {
  while (total_.bytes_ - bytes_ + bytes > total_.bytes_max_) {
    auto oldest = total_.holders_.begin();
    if (oldest != total_.holders_.end() && &*oldest == this) ++oldest;
    if (oldest == total_.holders_.end()) return;
    UnsentBytes& unsent = *oldest;
    unsent.holder_.end_at_once();
    unsent.set(0);
  }
}

}  // namespace ashlar::http::detail
