// SPDX-License-Identifier: Apache-2.0
#include "cli/loops_watch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace ashlar::cli {

bool LoopsWatch::ask() {
  for (const auto& answered : answered_) {
    if (!*answered) return false;
  }
  for (std::size_t i = 0; i < answered_.size(); ++i) {
    *answered_[i] = false;
    boost::asio::post(server_.loop(i), [answered = answered_[i]] { *answered = true; });
  }
  return true;
}

}  // namespace ashlar::cli
