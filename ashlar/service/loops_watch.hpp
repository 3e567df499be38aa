// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/server.hpp"

#include <atomic>
#include <initializer_list>
#include <memory>
#include <vector>

namespace ashlar::service {

// Whether the event loops of some servers still run their handlers: for a watchdog. One thread calls ask().
class LoopsWatch {
 public:
  // The servers outlive it; a null is skipped.
  LoopsWatch(std::initializer_list<http::Server*> servers);

  // Whether every loop has run the handler that the call before posted; posts another one if so. False: a loop was
  // blocked the whole time between the two calls.
  bool ask();

 private:
  struct Watched {
    boost::asio::io_context& loop;
    std::shared_ptr<std::atomic<bool>> answered;  // a handler may run after the end of this
  };
  std::vector<Watched> loops_;
};

}  // namespace ashlar::service
