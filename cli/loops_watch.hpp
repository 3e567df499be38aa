// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/server.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace ashlar::cli {

// Whether all event loops of a server still turn. One thread asks.
class LoopsWatch {
 public:
  explicit LoopsWatch(http::Server& server) : server_(server), answered_(server.loops()) {
    for (auto& answered : answered_) answered = std::make_shared<std::atomic<bool>>(true);
  }

  // Whether each has answered since it was asked last; asks them again. false: one is stuck, or was for all the time
  // between.
  bool ask();

 private:
  http::Server& server_;
  std::vector<std::shared_ptr<std::atomic<bool>>> answered_;  // a loop's answer may come after the end of this
};

}  // namespace ashlar::cli
