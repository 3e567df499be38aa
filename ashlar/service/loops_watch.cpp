// SPDX-License-Identifier: Apache-2.0
#include "ashlar/service/loops_watch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace ashlar::service {

LoopsWatch::LoopsWatch(std::initializer_list<http::Server*> servers) {
  for (http::Server* const server : servers) {
    for (std::size_t i = 0; server != nullptr && i < server->loops(); ++i)
      loops_.push_back({server->loop(i), std::make_shared<std::atomic<bool>>(true)});
  }
}

bool LoopsWatch::ask() {
  for (const Watched& each : loops_) {
    if (!*each.answered) return false;
  }
  for (const Watched& each : loops_) {
    *each.answered = false;
    boost::asio::post(each.loop, [answered = each.answered] { *answered = true; });
  }
  return true;
}

}  // namespace ashlar::service
