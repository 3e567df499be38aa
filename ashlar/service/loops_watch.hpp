// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/server.hpp"

#include <atomic>
#include <initializer_list>
#include <memory>
#include <vector>

namespace ashlar::service {

// Detects whether the event loops of some servers still run their handlers: for a watchdog. Called from one thread.
class LoopsWatch {
 public:
  // The servers outlive it; a null is skipped.
  LoopsWatch(std::initializer_list<http::Server*> servers);

  // Whether every loop has run the handler that the previous call posted; if so, posts another one. False: a loop was
  // blocked for the whole time between the two calls.
  bool ask();

 private:
  struct Watched {
    boost::asio::io_context& loop;
    std::shared_ptr<std::atomic<bool>> answered;  // a handler may outlive this object
  };
  std::vector<Watched> loops_;
};

}  // namespace ashlar::service
