// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/server.hpp"

#include <atomic>
#include <initializer_list>
#include <memory>
#include <vector>

namespace ashlar::cli {

// Whether all event loops of some servers still turn. One thread asks.
class LoopsWatch {
 public:
  // They outlive it; null: none.
  LoopsWatch(std::initializer_list<http::Server*> servers);

  // Whether each has answered since it was asked last; asks them again. false: one is stuck, or was for all the time
  // between.
  bool ask();

 private:
  struct Watched {
    boost::asio::io_context& loop;
    std::shared_ptr<std::atomic<bool>> answered;  // a loop's answer may come after the end of this
  };
  std::vector<Watched> loops_;
};

}  // namespace ashlar::cli
